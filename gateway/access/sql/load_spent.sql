-- What held once and holds no longer, the last first.
SELECT name, secret_hash FROM (
    SELECT token_id AS name, secret_hash, revoked_at FROM api_tokens
    UNION ALL
    SELECT device_code, key_hash, revoked_at FROM device_keys
) AS credentials
WHERE revoked_at IS NOT NULL ORDER BY revoked_at DESC LIMIT %(most)s;
