-- Tokens, newest first.
SELECT token_id, name, scope, grants, communes, created_at, created_by, expires_at, revoked_at,
    revoked_by, last_used_at
FROM api_tokens WHERE %(all)s OR (revoked_at IS NULL AND coalesce(expires_at > %(now)s, true))
ORDER BY created_at DESC, token_id;
