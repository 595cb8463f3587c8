-- Make days final that were over long enough ago, and say so in the log.
WITH villages AS (
    UPDATE village_days SET status = 'final' WHERE status = 'provisional' AND day <= %(last)s
    RETURNING day
), links AS (
    UPDATE link_days SET status = 'final' WHERE status = 'provisional' AND day <= %(last)s
    RETURNING day
), counted AS (
    SELECT day, count(*) FILTER (WHERE subject = 'villages') AS villages,
        count(*) FILTER (WHERE subject = 'links') AS links
    FROM (
        SELECT day, 'villages' FROM villages UNION ALL SELECT day, 'links' FROM links
    ) AS made (day, subject)
    GROUP BY day
)
INSERT INTO book_revisions (at, kind, day, subject, code, revision, before, after, reason)
SELECT %(now)s, 'final', day, 'day', '', 0, '{}',
    jsonb_build_object('villages', villages, 'links', links), 'over for 72 hours'
FROM counted ORDER BY day
RETURNING day
