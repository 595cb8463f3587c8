-- A new key of a device.
INSERT INTO device_keys (device_code, key_hash, created_at, created_by)
VALUES (%(code)s, %(key_hash)s, %(now)s, %(actor)s);
