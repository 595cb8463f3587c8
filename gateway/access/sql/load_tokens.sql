-- Tokens that may still hold.
SELECT token_id, secret_hash, name, scope, grants, communes, expires_at
FROM api_tokens WHERE revoked_at IS NULL;
