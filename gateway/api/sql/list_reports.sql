-- Reports of a device in the order of its key.
SELECT observed_at, boot_id, seq, received_at, device_time, skew::text, backfill,
    interval_seconds, uptime_seconds, config_rev, power, battery_percent, probes_sent, probes_ok,
    rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps, clients, signal_dbm, temperature_c
FROM {relation}
WHERE device_id = %(device_id)s AND observed_at >= %(since)s AND observed_at < %(until)s
    AND (%(after_at)s::timestamptz IS NULL OR observed_at >= %(after_at)s)
    AND (%(after_at)s::timestamptz IS NULL
        OR (observed_at, boot_id, seq) > (%(after_at)s, %(after_boot)s::bigint, %(after_seq)s::bigint))
ORDER BY observed_at, boot_id, seq
LIMIT %(limit)s
