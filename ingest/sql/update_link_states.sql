-- Bring the latest state of devices up to date with staged link reports. The newest report is
-- the one observed last, not the one that arrived last: a backfill never hides the present.
INSERT INTO device_states AS known (
    device_id, received_at, observed_at, boot_id, seq, skew_seconds, power, battery_percent, probes_sent, probes_ok,
    rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps, clients, signal_dbm,
    temperature_c)
SELECT DISTINCT ON (device_id)
    device_id, received_at, observed_at, boot_id, seq,
    extract(epoch FROM received_at - coalesce(device_time, observed_at)), power, battery_percent, probes_sent, probes_ok,
    rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps, clients, signal_dbm,
    temperature_c
FROM stage_links
ORDER BY device_id, observed_at DESC, boot_id DESC, seq DESC
ON CONFLICT (device_id) DO UPDATE SET
    received_at = greatest(known.received_at, excluded.received_at),
    observed_at = excluded.observed_at,
    boot_id = excluded.boot_id,
    seq = excluded.seq,
    skew_seconds = excluded.skew_seconds,
    power = excluded.power,
    battery_percent = excluded.battery_percent,
    probes_sent = excluded.probes_sent,
    probes_ok = excluded.probes_ok,
    rtt_p50_ms = excluded.rtt_p50_ms,
    rtt_p95_ms = excluded.rtt_p95_ms,
    loss_percent = excluded.loss_percent,
    down_mbps = excluded.down_mbps,
    up_mbps = excluded.up_mbps,
    clients = excluded.clients,
    signal_dbm = excluded.signal_dbm,
    temperature_c = excluded.temperature_c
WHERE excluded.observed_at >= known.observed_at OR known.observed_at IS NULL
