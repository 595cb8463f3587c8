-- A line of the audit.
INSERT INTO access_entries (at, kind, actor, subject, detail)
VALUES (%(at)s, %(kind)s, %(actor)s, %(subject)s, %(detail)s);
