-- Tokens of a name or a public part; those that hold come first.
SELECT token_id, name, revoked_at, revoked_by FROM api_tokens
WHERE token_id = %(word)s OR name = %(word)s
ORDER BY revoked_at IS NOT NULL, created_at DESC;
