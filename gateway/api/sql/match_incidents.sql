-- Incidents that all of an alert's labels speak of: open ones, those that ended lately, or the one
-- that is named.
SELECT incident_id FROM incidents
WHERE (status = 'open' OR cleared_at >= %(lately)s OR incident_id = %(incident)s)
    AND (%(scope)s::text[] IS NULL OR communes && %(scope)s)
    AND (%(incident)s::text IS NULL OR incident_id = %(incident)s)
    AND (%(commune)s::text IS NULL OR %(commune)s = ANY(communes))
    AND (%(operator)s::text IS NULL OR %(operator)s = ANY(operators))
    AND (%(village)s::text IS NULL OR EXISTS (
        SELECT FROM incident_villages AS hit
        WHERE hit.incident_id = incidents.incident_id AND hit.village_code = %(village)s
    ))
    AND (%(device)s::text IS NULL OR EXISTS (
        SELECT FROM devices
        WHERE device_code = %(device)s AND (
            ARRAY[device_code, link_code, node_code, power_node_code] && root
            OR labels ->> 'device' = device_code
            OR EXISTS (
                SELECT FROM incident_villages AS hit
                WHERE hit.incident_id = incidents.incident_id
                    AND hit.village_code = devices.village_code
            )
            OR EXISTS (
                SELECT FROM incident_links AS cut
                WHERE cut.incident_id = incidents.incident_id
                    AND cut.link_code = devices.link_code
            )
        )
    ))
ORDER BY onset_at DESC, incident_id
LIMIT %(limit)s
