-- Logins that were opened with a token end with it.
DELETE FROM page_sessions WHERE token_id = %(token_id)s;
