-- A token no longer holds.
UPDATE api_tokens SET revoked_at = %(now)s, revoked_by = %(actor)s
WHERE token_id = %(token_id)s AND revoked_at IS NULL;
