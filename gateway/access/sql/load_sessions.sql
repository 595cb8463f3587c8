-- Logins of the page that may still hold.
SELECT session_hash, token_id, expires_at FROM page_sessions WHERE expires_at > %(now)s;
