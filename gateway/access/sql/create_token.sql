-- A new token.
INSERT INTO api_tokens
    (token_id, secret_hash, name, scope, grants, communes, created_at, created_by, expires_at)
VALUES
    (%(token_id)s, %(secret_hash)s, %(name)s, %(scope)s, %(grants)s, %(communes)s, %(now)s,
    %(actor)s, %(expires_at)s);
