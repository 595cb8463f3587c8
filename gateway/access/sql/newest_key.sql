-- The newest key of a device.
SELECT revoked_at, revoked_by FROM device_keys WHERE device_code = %(code)s
ORDER BY key_id DESC LIMIT 1;
