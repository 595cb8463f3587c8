-- Which of these decisions are not known already, and not overruled by a later one about a time
-- no later: the newest spell that began no later tells, because spells and the decisions about
-- them grow together.
SELECT fresh.position
FROM unnest(
    %(code)s::text[], %(since)s::timestamptz[], %(decided_at)s::timestamptz[],
    %(step)s::integer[]
) WITH ORDINALITY AS fresh (code, since, decided_at, step, position)
LEFT JOIN LATERAL (
    SELECT since, decided_at, step FROM {spells} AS known
    WHERE known.{code} = fresh.code AND known.since <= fresh.since
    ORDER BY known.since DESC LIMIT 1
) AS before ON true
WHERE before.since IS NULL
    OR (before.decided_at, before.step) < (fresh.decided_at, fresh.step)
    OR (before.decided_at, before.step) = (fresh.decided_at, fresh.step)
        AND before.since < fresh.since
