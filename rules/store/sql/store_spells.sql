-- Begin spells; each lasts until the next one of its village or link.
INSERT INTO {spells} ({code}, since, until, state, reason, incident_id, decided_at, step)
SELECT fresh.code, fresh.since,
    least(
        lead(fresh.since) OVER (PARTITION BY fresh.code ORDER BY fresh.since),
        (
            SELECT min(known.since) FROM {spells} AS known
            WHERE known.{code} = fresh.code AND known.since > fresh.since
        )
    ),
    fresh.state, fresh.reason, fresh.incident, fresh.decided_at, fresh.step
FROM unnest(
    %(code)s::text[], %(since)s::timestamptz[], %(decided_at)s::timestamptz[],
    %(step)s::integer[], %(state)s::text[], %(reason)s::text[], %(incident)s::text[]
) AS fresh (code, since, decided_at, step, state, reason, incident)
