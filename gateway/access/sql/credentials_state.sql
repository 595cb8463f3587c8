-- What tells whether keys changed: rows are only added, and revoked once.
SELECT count(*), count(revoked_at) FROM device_keys;
