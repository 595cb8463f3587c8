-- End a watch that ended without a word, now that its successor is known.
UPDATE watch_spells SET until = greatest(since, least(seen_at, %(since)s))
WHERE watcher = %(watcher)s AND until IS NULL AND since < %(since)s
