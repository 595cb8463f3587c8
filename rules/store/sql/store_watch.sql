-- A watch as far as it is known; one that has a successor is over.
INSERT INTO watch_spells AS known (watcher, since, until, seen_at)
SELECT %(watcher)s, %(since)s,
    CASE
        WHEN %(until)s::timestamptz IS NOT NULL THEN %(until)s
        WHEN successor IS NOT NULL THEN least(successor, %(seen_at)s)
    END,
    %(seen_at)s
FROM (
    SELECT min(since) AS successor FROM watch_spells
    WHERE watcher = %(watcher)s AND since > %(since)s
) AS later
ON CONFLICT (watcher, since) DO UPDATE SET
    seen_at = greatest(known.seen_at, excluded.seen_at),
    until = coalesce(%(until)s, greatest(known.until, excluded.until))
