-- Codes by which a person can ask for dead letters: those of the inventory, and those of letters.
SELECT device_code FROM devices
UNION
SELECT device_code FROM dead_letters WHERE adapter IS NULL AND device_code IS NOT NULL
ORDER BY 1
