-- Write down what was changed, and why.
INSERT INTO book_revisions (at, kind, day, subject, code, revision, before, after, reason)
SELECT %(now)s, kind, day, subject, code, revision, before, after, reason
FROM json_to_recordset(%(rows)s) AS rows (
    kind text, day date, subject text, code text, revision smallint, before jsonb, after jsonb,
    reason text)
