-- When somebody was watching; who ended without a word was last known to watch at seen_at.
SELECT since, coalesce(until, seen_at) FROM watch_spells
WHERE since < %(until)s AND coalesce(until, seen_at) > %(since)s
