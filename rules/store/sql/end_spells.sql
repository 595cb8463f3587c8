-- End the spells in the midst of which others begin.
UPDATE {spells} AS known SET until = fresh.since
FROM (
    SELECT DISTINCT ON (fresh.code, before.since)
        fresh.code, before.since AS begun, fresh.since
    FROM unnest(%(code)s::text[], %(since)s::timestamptz[]) AS fresh (code, since)
    CROSS JOIN LATERAL (
        SELECT since, until FROM {spells} AS known
        WHERE known.{code} = fresh.code AND known.since < fresh.since
        ORDER BY known.since DESC LIMIT 1
    ) AS before
    WHERE before.until IS NULL OR before.until > fresh.since
    ORDER BY fresh.code, before.since, fresh.since
) AS fresh
WHERE known.{code} = fresh.code AND known.since = fresh.begun
