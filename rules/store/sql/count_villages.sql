-- Villages and their households, by state.
SELECT coalesce(state, 'unknown') AS state, count(*) AS villages, sum(households) AS households
FROM villages LEFT JOIN village_spells USING (village_code)
WHERE retired_at IS NULL AND until IS NULL
GROUP BY 1
