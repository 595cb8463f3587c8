-- When the rules were last known to watch.
SELECT max(seen_at) FROM watch_spells WHERE until IS NULL
