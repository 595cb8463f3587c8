-- Keys that hold.
SELECT device_code, key_hash FROM device_keys WHERE revoked_at IS NULL;
