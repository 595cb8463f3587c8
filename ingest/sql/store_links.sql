-- Store staged link reports; return how many were staged and how many new, by minute of
-- arrival.
-- Ordered by key, so that two writers of the same rows wait for each other and never deadlock.
WITH stored AS (
    INSERT INTO link_reports (
        device_id, observed_at, boot_id, seq, received_at, device_time, skew, backfill,
        uptime_seconds, interval_seconds, config_rev, power, battery_percent, probes_sent,
        probes_ok, rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps, clients,
        signal_dbm, temperature_c)
    SELECT
        device_id, observed_at, boot_id, seq, received_at, device_time, skew::skew_class,
        backfill, uptime_seconds, interval_seconds, config_rev, power, battery_percent,
        probes_sent, probes_ok, rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps,
        clients, signal_dbm, temperature_c
    FROM stage_links
    ORDER BY device_id, observed_at, boot_id, seq
    ON CONFLICT DO NOTHING
    RETURNING received_at
)
SELECT
    date_bin('1 minute', received_at, '2000-01-01Z'),
    count(*) FILTER (WHERE NOT new),
    count(*) FILTER (WHERE new)
FROM (
    SELECT received_at, false AS new FROM stage_links
    UNION ALL
    SELECT received_at, true FROM stored
) AS records
GROUP BY 1
