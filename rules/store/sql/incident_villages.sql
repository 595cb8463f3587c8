-- What an incident does to villages, the worst hit first.
SELECT village_code, coalesce(name, village_code) AS name, commune_code, state, since, until,
    incident_villages.households, share
FROM incident_villages LEFT JOIN villages USING (village_code)
WHERE incident_id = %(incident)s
ORDER BY until IS NOT NULL, incident_villages.households * share DESC, village_code
