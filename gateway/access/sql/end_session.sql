-- A login of the page ends.
DELETE FROM page_sessions WHERE session_hash = %(session_hash)s RETURNING token_id;
