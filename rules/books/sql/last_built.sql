-- The first day of which it is not known yet that it was computed to its end, and up to when it
-- was; the newest day; and since when somebody has watched.
SELECT unfinished.day, unfinished.built_at, (SELECT max(day) FROM village_days),
    (SELECT min(since) FROM watch_spells)
FROM (
    SELECT min(day) AS day, min(built_at) AS built_at
    FROM village_days JOIN villages USING (village_code)
    WHERE status = 'provisional' AND retired_at IS NULL
        AND built_at < (day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' + %(late)s
) AS unfinished
