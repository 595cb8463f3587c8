-- Villages, with the node of the power grid that feeds most of each one's devices.
SELECT village_code, commune_code, households, retired_at, (
    SELECT power_node_code FROM devices
    WHERE devices.village_code = villages.village_code AND power_node_code IS NOT NULL
    GROUP BY power_node_code ORDER BY count(*) DESC, power_node_code LIMIT 1
)
FROM villages
ORDER BY village_code
