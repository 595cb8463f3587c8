-- The newest revision of what is kept of these villages, or links.
SELECT day, {of}_code, revision, status, built_at, households, served_seconds, degraded_seconds,
    down_seconds, unknown_seconds, maintenance_seconds, mains_seconds, battery_seconds,
    backhaul_seconds, radio_seconds, access_seconds, core_seconds, unexplained_seconds,
    sustained, momentary, sustained_net, momentary_net, sustained_network, momentary_network
FROM {of}_books
WHERE {of}_code = ANY (%(codes)s) AND day BETWEEN %(first)s AND %(last)s
