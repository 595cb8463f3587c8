-- The newest key of each device, whether it holds or not, and whether the inventory has the device.
SELECT DISTINCT ON (device_code)
    device_code, created_at, created_by, revoked_at, revoked_by,
    devices.device_code IS NOT NULL AND devices.retired_at IS NULL AS is_known
FROM device_keys LEFT JOIN devices USING (device_code)
ORDER BY device_code, key_id DESC;
