-- A watch as far as it is known; one that has a successor is over.
INSERT INTO watch_spells AS known (watcher, since, until, seen_at)
SELECT %(watcher)s, %(since)s, coalesce(%(until)s::timestamptz, least(successor, %(seen_at)s)),
    %(seen_at)s
FROM (
    SELECT min(since) AS successor FROM watch_spells
    WHERE watcher = %(watcher)s AND since > %(since)s
) AS later
ON CONFLICT (watcher, since) DO UPDATE SET
    seen_at = greatest(known.seen_at, excluded.seen_at),
    until = coalesce(excluded.until, known.until)
