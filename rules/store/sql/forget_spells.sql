-- Take out spells that a later decision overrules.
DELETE FROM {spells} AS known
USING unnest(
    %(code)s::text[], %(since)s::timestamptz[], %(decided_at)s::timestamptz[],
    %(step)s::integer[]
) AS fresh (code, since, decided_at, step)
WHERE known.{code} = fresh.code AND known.since >= fresh.since
    AND (known.decided_at, known.step) <= (fresh.decided_at, fresh.step)
