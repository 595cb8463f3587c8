-- The state of each village of the inventory; where nothing was ever said it is not known.
SELECT village_code, name, commune_code, households, coalesce(state, 'unknown') AS state, since,
    coalesce(reason, '') AS reason, incident_id
FROM villages LEFT JOIN village_spells USING (village_code)
WHERE retired_at IS NULL AND until IS NULL
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
ORDER BY village_code
