-- A login of the page.
INSERT INTO page_sessions (session_hash, token_id, created_at, expires_at)
VALUES (%(session_hash)s, %(token_id)s, %(now)s, %(expires_at)s);
