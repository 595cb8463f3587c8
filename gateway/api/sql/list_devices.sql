-- Devices and the newest that is known of each, by code.
SELECT device_code AS code, kind, name, commune_code AS commune, village_code AS village,
    link_code AS link, node_code AS node, ups, interval_seconds, lat, lon,
    jsonb_build_object(
        'online', online, 'online_changed_at', online_changed_at,
        'last_seen_at', received_at, 'observed_at', observed_at, 'skew_seconds', skew_seconds,
        'measures', CASE WHEN kind <> 'sensor' AND observed_at IS NOT NULL THEN jsonb_build_object(
            'power', power, 'battery_percent', battery_percent, 'probes_sent', probes_sent,
            'probes_ok', probes_ok, 'rtt_p50_ms', rtt_p50_ms, 'rtt_p95_ms', rtt_p95_ms,
            'loss_percent', loss_percent, 'down_mbps', down_mbps, 'up_mbps', up_mbps,
            'clients', clients, 'signal_dbm', signal_dbm, 'temperature_c', temperature_c
        ) END,
        'values', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'metric', metric, 'unit', unit, 'value', value,
                'observed_at', sensor_states.observed_at
            ) ORDER BY metric)
            FROM sensor_states JOIN metrics USING (metric_id)
            WHERE sensor_states.device_id = devices.device_id
        ), '[]')
    ) AS state
FROM devices LEFT JOIN device_states USING (device_id)
WHERE retired_at IS NULL
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(device)s::text IS NULL OR device_code = %(device)s)
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(village)s::text IS NULL OR village_code = %(village)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(after)s::text IS NULL OR device_code > %(after)s)
ORDER BY device_code
LIMIT %(limit)s
