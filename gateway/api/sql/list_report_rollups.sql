-- Rolled-up reports of a device, by bucket.
SELECT bucket, reports, mains_reports, battery_reports, probes_sent, probes_ok,
    rtt_p50_ms_avg, rtt_p50_ms_min, rtt_p50_ms_max, rtt_p50_ms_count,
    rtt_p95_ms_avg, rtt_p95_ms_min, rtt_p95_ms_max, rtt_p95_ms_count,
    loss_percent_avg, loss_percent_min, loss_percent_max, loss_percent_count,
    down_mbps_avg, down_mbps_min, down_mbps_max, down_mbps_count,
    up_mbps_avg, up_mbps_min, up_mbps_max, up_mbps_count,
    clients_avg, clients_min, clients_max, clients_count,
    signal_dbm_avg, signal_dbm_min, signal_dbm_max, signal_dbm_count,
    temperature_c_avg, temperature_c_min, temperature_c_max, temperature_c_count,
    battery_percent_avg, battery_percent_min, battery_percent_max, battery_percent_count
FROM {relation}
WHERE device_id = %(device_id)s AND bucket >= %(since)s AND bucket < %(until)s
    AND (%(after_at)s::timestamptz IS NULL OR bucket > %(after_at)s)
ORDER BY bucket
LIMIT %(limit)s
