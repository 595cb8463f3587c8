-- The newest revision of what is kept of these villages.
SELECT day, village_code, revision, status, built_at, households, served_seconds, degraded_seconds,
    down_seconds, unknown_seconds, maintenance_seconds, mains_seconds, battery_seconds,
    backhaul_seconds, radio_seconds, access_seconds, core_seconds, unexplained_seconds,
    sustained, momentary, sustained_net, momentary_net, sustained_network, momentary_network
FROM village_books
WHERE village_code = ANY (%(codes)s) AND day BETWEEN %(first)s AND %(last)s
