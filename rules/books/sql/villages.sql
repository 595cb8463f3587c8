-- Villages, with the node of the power grid that feeds most of each one's devices.
WITH counted AS (
    SELECT village_code, power_node_code, count(*) AS devices
    FROM devices WHERE village_code IS NOT NULL AND power_node_code IS NOT NULL
    GROUP BY village_code, power_node_code
), feeders AS (
    SELECT DISTINCT ON (village_code) village_code, power_node_code
    FROM counted ORDER BY village_code, devices DESC, power_node_code
)
SELECT village_code, commune_code, households, retired_at, power_node_code
FROM villages LEFT JOIN feeders USING (village_code)
ORDER BY village_code
