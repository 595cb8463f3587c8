-- What tells whether keys, or what no longer holds, changed: rows are only added, and revoked once.
SELECT count(*), count(revoked_at), (SELECT count(revoked_at) FROM api_tokens) FROM device_keys;
