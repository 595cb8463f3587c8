-- Devices of the inventory.
SELECT device_code FROM devices WHERE retired_at IS NULL ORDER BY device_code;
