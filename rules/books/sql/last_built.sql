-- Up to when the newest day was last computed; and, where there is none yet, since when somebody
-- has watched.
SELECT
    (SELECT max(built_at) FROM village_days WHERE day = (SELECT max(day) FROM village_days)),
    (SELECT min(since) FROM watch_spells)
