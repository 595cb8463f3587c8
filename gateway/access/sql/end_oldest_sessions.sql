-- Of the logins with one token only the newest stay.
DELETE FROM page_sessions WHERE session_hash IN (
    SELECT session_hash FROM page_sessions WHERE token_id = %(token_id)s
    ORDER BY created_at DESC, session_hash OFFSET %(most)s
);
