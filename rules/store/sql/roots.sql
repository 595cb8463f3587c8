-- Codes that the root of an incident can be: what the inventory has, and what was a root before.
SELECT node_code FROM nodes
UNION SELECT link_code FROM links
UNION SELECT village_code FROM villages
UNION SELECT device_code FROM devices
UNION SELECT commune_code FROM communes
UNION SELECT operator_code FROM operators
UNION SELECT unnest(root) FROM incidents
ORDER BY 1
