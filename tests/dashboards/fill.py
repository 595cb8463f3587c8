"""A database with a past: roll-ups, spells, incidents and accounts of some days, made in SQL.

Everything is relative to the database's present, because boards ask for the present. What it is
like does not matter much; that there is something of every kind does.
"""

from typing import Final

from psycopg import AsyncConnection

from runtime.database.capabilities import detect_capabilities
from tests.dashboards.raw import fill_raw

_LEVELS: Final = (("1m", "1 minute"), ("1h", "1 hour"), ("1d", "1 day"))

_LINKS: Final = """
    INSERT INTO link_reports_{level} (
        bucket, device_id, reports, mains_reports, battery_reports, probes_sent, probes_ok,
        rtt_p50_ms_avg, rtt_p95_ms_avg, loss_percent_avg, down_mbps_avg, up_mbps_avg, clients_avg,
        signal_dbm_avg, temperature_c_avg, battery_percent_avg,
        rtt_p50_ms_max, rtt_p95_ms_max, battery_percent_min,
        rtt_p50_ms_count, rtt_p95_ms_count, loss_percent_count, down_mbps_count, up_mbps_count,
        clients_count, signal_dbm_count, temperature_c_count, battery_percent_count
    )
    SELECT bucket, device_id, 2, CASE WHEN weak THEN 0 ELSE 2 END, CASE WHEN weak THEN 2 ELSE 0 END,
        20, 19,
        24 + 6 * wave, 60 + 20 * wave, CASE WHEN weak THEN 12 ELSE 0.4 END, 40 + 25 * wave,
        9 + 5 * wave, 80 + 40 * wave, -78 - 4 * wave, 34 + 6 * wave,
        CASE WHEN weak THEN 55 ELSE 99 END,
        30 + 6 * wave, 90 + 20 * wave, CASE WHEN weak THEN 50 ELSE 98 END,
        2, 2, 2, 2, 2, 2, 2, 2, 2
    FROM devices
    CROSS JOIN LATERAL (
        SELECT bucket, sin(extract(epoch FROM bucket) / 13750 + device_id) AS wave,
            (device_id + extract(epoch FROM bucket)::bigint / 86400) % 23 = 0 AS weak
        FROM generate_series(
            {first}, now(), INTERVAL '{bucket}'
        ) AS bucket
    ) AS buckets
    WHERE kind IN ('link_probe', 'base_station') AND device_id % 29 <> 0
    ON CONFLICT DO NOTHING
"""

_SENSORS: Final = """
    INSERT INTO sensor_readings_{level} (
        bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    )
    SELECT bucket, device_id, metric_id, 1, value, value - spread / 10, value + spread / 10
    FROM devices
    JOIN (VALUES {varieties}) AS v (variety, metric, middle, spread)
        ON variety = regexp_replace(device_code, '^.*-', '')
    JOIN metrics USING (metric)
    CROSS JOIN LATERAL (
        SELECT bucket,
            middle + spread * sin(extract(epoch FROM bucket) / 13750 + device_id) AS value
        FROM generate_series({first}, now(), INTERVAL '{bucket}') AS bucket
    ) AS buckets
    WHERE kind = 'sensor'
    ON CONFLICT DO NOTHING
"""

VARIETIES: Final = (
    ("air", "pm2_5_ugm3", 25, 20),
    ("air", "pm10_ugm3", 40, 30),
    ("air", "no2_ugm3", 18, 8),
    ("air", "o3_ugm3", 45, 30),
    ("air", "co_mgm3", 0.7, 0.4),
    ("weather", "air_temperature_c", 25, 6),
    ("weather", "humidity_percent", 78, 14),
    ("weather", "wind_speed_ms", 3, 2),
    ("weather", "rain_mm", 1, 1),
    ("rain", "rain_mm", 1, 1),
    ("rain", "rain_rate_mmh", 10, 10),
    ("rain", "battery_percent", 86, 8),
    ("water", "water_level_m", 2.4, 1.8),
    ("water", "battery_volts", 12.6, 0.5),
    ("traffic", "traffic_flow_vehicles_h", 900, 780),
    ("traffic", "traffic_speed_kmh", 36, 8),
    ("traffic", "traffic_occupancy_percent", 14, 10),
    ("noise", "noise_dba", 58, 9),
    ("light", "street_light_on", 0.5, 0.5),
    ("light", "street_light_power_w", 60, 40),
    ("energy", "energy_kwh", 2000, 40),
    ("energy", "power_kw", 6, 4),
)

_STATES: Final = (
    """
    INSERT INTO device_states (
        device_id, online, online_changed_at, online_received_at, received_at, observed_at,
        boot_id, seq, skew_seconds, power, battery_percent, probes_sent, probes_ok, rtt_p50_ms,
        rtt_p95_ms, loss_percent, down_mbps, up_mbps, clients, signal_dbm, temperature_c
    )
    SELECT device_id, device_id % 29 <> 0, now() - INTERVAL '3 hours', now() - late, now() - late,
        now() - late, 1, 1, CASE device_id % 17 WHEN 0 THEN -30 WHEN 1 THEN 900 ELSE 0.4 END,
        CASE WHEN device_id % 11 = 0 THEN 'battery' ELSE 'mains' END, 60 + device_id % 40, 10, 10,
        20 + device_id % 9, 60, device_id % 3, 40, 9, 80, -80, 35
    FROM devices
    CROSS JOIN LATERAL (
        SELECT CASE WHEN device_id % 29 = 0 THEN INTERVAL '2 hours' ELSE INTERVAL '20 seconds' END
            AS late
    ) AS lateness
    WHERE kind <> 'sensor'
    """,
    """
    INSERT INTO sensor_states (device_id, metric_id, observed_at, value)
    SELECT DISTINCT ON (device_id, metric_id) device_id, metric_id, bucket, value_avg
    FROM sensor_readings_1m ORDER BY device_id, metric_id, bucket DESC
    """,
    """
    INSERT INTO device_states (
        device_id, online, received_at, observed_at, boot_id, seq, skew_seconds
    )
    SELECT device_id, true, max(observed_at) - late, max(observed_at) - late, 1, 1, 0.5
    FROM sensor_states
    CROSS JOIN LATERAL (
        SELECT CASE WHEN device_id % 7 = 0 THEN INTERVAL '5 hours' ELSE INTERVAL '0' END AS late
    ) AS lateness
    GROUP BY device_id, late
    """,
)

_MINUTES: Final = (
    """
    INSERT INTO ingest_minutes (minute, worker, messages, received, stored, duplicate, rejected)
    SELECT minute, worker, 600, 640, 620, 18, 2
    FROM generate_series(
        date_trunc('minute', now() - INTERVAL '{days} days'), now() - INTERVAL '1 minute',
        INTERVAL '1 minute'
    ) AS minute
    CROSS JOIN (VALUES ('1'), ('2')) AS workers (worker)
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO ingest_queues (
        minute, worker, in_flight, broker_messages, broker_bytes, broker_dropped
    )
    SELECT minute, worker, 40 + seconds % 7, seconds % 100, 300 * (seconds % 100), seconds / 86400
    FROM generate_series(
        date_trunc('minute', now() - INTERVAL '{days} days'), now(), INTERVAL '1 minute'
    ) AS minute
    CROSS JOIN LATERAL (SELECT extract(epoch FROM minute)::bigint AS seconds) AS numbers
    CROSS JOIN (VALUES ('1'), ('2')) AS workers (worker)
    ON CONFLICT DO NOTHING
    """,
)
"""What ingest writes each minute."""

_HEARD_AGAIN: Final = """
    UPDATE device_states SET received_at = received_at + passed, observed_at = observed_at + passed
    FROM (
        SELECT now() - INTERVAL '20 seconds' - max(received_at) AS passed FROM device_states
    ) AS since
"""

_ACCOUNTS: Final = (
    """
    INSERT INTO presence_events (
        device_id, observed_at, boot_id, seq, kind, received_at, skew, reason
    )
    SELECT device_id, now() - age, 1, extract(epoch FROM age), event, now() - age, 'ok', 'will'
    FROM devices
    CROSS JOIN (
        VALUES (INTERVAL '3 hours', 'offline'), ('2 hours', 'online'), ('2 hours 1 minute', 'boot')
    ) AS events (age, event)
    WHERE kind = 'base_station'
    """,
    """
    INSERT INTO dead_letters (
        digest, topic, payload, qos, retain, reason, detail, device_code, first_received_at,
        last_received_at, occurrences
    )
    SELECT sha256(number::text::bytea), 'srepok/v1/66/22015/x' || number || '/telemetry', 'x', 1,
        false,
        (ARRAY['unknown_device', 'malformed', 'out_of_range'])[number % 3 + 1],
        'device x' || number || ' is not in the inventory', 'x' || number,
        now() - number * INTERVAL '20 minutes', now() - number * INTERVAL '10 minutes', number + 1
    FROM generate_series(0, 40) AS number
    """,
    """
    INSERT INTO rollup_marks (relation, bucket, device_ids)
    VALUES ('link_reports', date_trunc('minute', now()), ARRAY[1, 2])
    """,
)

_DECISIONS: Final = (
    """
    INSERT INTO watch_spells (watcher, since, until, seen_at)
    VALUES ('1', now() - INTERVAL '{days} days', now() - INTERVAL '1 day 10 minutes',
            now() - INTERVAL '1 day 10 minutes'),
        ('1', now() - INTERVAL '1 day', NULL, now() - INTERVAL '5 seconds')
    """,
    """
    CREATE TEMPORARY TABLE outages AS
    SELECT village_code, commune_code, households, number, operator_code,
        now() - INTERVAL '{days} days' * position AS since,
        CASE WHEN number = 0 AND row % {open_every} = 0 THEN NULL
            ELSE now() - INTERVAL '{days} days' * position + INTERVAL '40 minutes' END AS until,
        'i' || village_code || 'n' || number AS incident_id,
        CASE (number + row) % 4 WHEN 0 THEN 'dark' WHEN 1 THEN 'degraded' WHEN 2 THEN 'unknown'
            ELSE 'maintenance' END AS state
    FROM (
        SELECT village_code, commune_code, households, (
                SELECT min(operator_code) FROM links AS l WHERE l.village_code = v.village_code
            ) AS operator_code,
            row_number() OVER (ORDER BY village_code) AS row
        FROM villages AS v
    ) AS v
    CROSS JOIN LATERAL (
        SELECT number, (number + 0.2 + (row % 7) / 10.0) / {outages} AS position
        FROM generate_series(0, {outages} - 1) AS number
    ) AS numbers
    """,
    """
    INSERT INTO village_spells (village_code, since, until, state, reason, incident_id, decided_at)
    SELECT village_code, since, until, state, 'links-down', incident_id, since FROM outages
    """,
    """
    INSERT INTO village_spells (village_code, since, until, state, reason, decided_at)
    SELECT village_code, until, (
            SELECT min(n.since) FROM outages AS n
            WHERE n.village_code = o.village_code AND n.since > o.since
        ), 'served', 'links-up', until
    FROM outages AS o WHERE until IS NOT NULL
    """,
    """
    INSERT INTO village_spells (village_code, since, until, state, reason, decided_at)
    SELECT village_code, min(since) - INTERVAL '1 day', min(since), 'served', 'links-up', min(since)
    FROM outages GROUP BY village_code
    """,
    """
    INSERT INTO link_spells (link_code, since, until, state, reason, incident_id, decided_at)
    SELECT link_code, since, until, CASE state WHEN 'dark' THEN 'down' WHEN 'served' THEN 'up'
        ELSE state END, reason, incident_id, decided_at
    FROM village_spells JOIN links USING (village_code)
    """,
    """
    INSERT INTO incidents (
        incident_id, class, severity, status, root, root_kind, onset_at, opened_at, changed_at,
        ended_at, cleared_at, planned, notified, flapping, reason, rule, labels, value, summary,
        description, villages, links, households, communes, operators, revision, acknowledged_at,
        acknowledged_by
    )
    SELECT incident_id,
        CASE (number + households) % 5 WHEN 3 THEN 'rule' WHEN 4 THEN 'degradation'
            ELSE 'outage' END,
        CASE state WHEN 'dark' THEN 'critical' WHEN 'degraded' THEN 'minor'
            WHEN 'maintenance' THEN 'warning' ELSE 'major' END,
        CASE WHEN until IS NULL THEN 'open' ELSE 'cleared' END,
        ARRAY[village_code], 'village', since, since + INTERVAL '70 seconds',
        coalesce(until, since) + INTERVAL '70 seconds', until, until, state = 'maintenance', true,
        number % 6 = 1, 'links-down',
        CASE (number + households) % 5 WHEN 3 THEN 'power/battery-low' ELSE '' END,
        '{{}}', 12, '{{"en": "village dark", "vi": "thôn mất dịch vụ"}}',
        '{{"en": "call the operator", "vi": "gọi nhà mạng"}}', 1, 2, households,
        ARRAY[commune_code], ARRAY[operator_code], 1,
        CASE WHEN number % 2 = 0 THEN since + INTERVAL '5 minutes' END,
        CASE WHEN number % 2 = 0 THEN 'an' END
    FROM outages
    """,
    """
    INSERT INTO incidents (
        incident_id, class, severity, status, root, root_kind, onset_at, opened_at, changed_at,
        planned, notified, flapping, reason, villages, links, households, communes, operators,
        revision
    )
    SELECT 'stuck' || device_id, 'sensor', 'warning', 'open', ARRAY[device_code], 'device',
        now() - INTERVAL '3 days', now() - INTERVAL '3 days', now() - INTERVAL '3 days', false,
        true, false, 'stuck', 0, 0, 0, ARRAY[commune_code], '{{viettel}}', 1
    FROM devices WHERE kind = 'sensor' ORDER BY device_id LIMIT 3
    """,
    """
    INSERT INTO incident_villages (
        incident_id, village_code, since, until, state, households, share
    )
    SELECT incident_id, village_code, since, until,
        CASE state WHEN 'unknown' THEN 'degraded' ELSE state END, households, 0.9 FROM outages
    """,
    """
    INSERT INTO incident_links (incident_id, link_code, since, until)
    SELECT incident_id, link_code, since, until FROM outages JOIN links USING (village_code)
    """,
    """
    INSERT INTO incident_entries (entry_key, incident_id, at, kind, actor, reason, detail)
    SELECT incident_id || ':' || kind, incident_id, at, kind,
        CASE kind WHEN 'acknowledged' THEN 'an' ELSE 'rules' END, reason,
        CASE kind
            WHEN 'withheld' THEN jsonb_build_object('objects', jsonb_build_array(village_code))
            ELSE '{{}}' END
    FROM outages
    CROSS JOIN LATERAL (
        VALUES ('opened', since, 'links-down'),
            ('acknowledged', since + INTERVAL '5 minutes', 'on it'),
            ('withheld', since + INTERVAL '1 minute', 'explained'),
            ('cleared', coalesce(until, now()), 'links-up')
    ) AS entries (kind, at, reason)
    """,
    """
    INSERT INTO notifications (
        notification_key, incident_ids, receiver, action, state, attempts, first_at, last_at, error
    )
    SELECT incident_id || receiver, ARRAY[incident_id], receiver, 'raise',
        CASE number % 5 WHEN 1 THEN 'failed' WHEN 2 THEN 'withheld' ELSE 'sent' END, 1, since,
        since,
        CASE number % 5 WHEN 1 THEN 'refused' WHEN 2 THEN 'silence 1' ELSE '' END
    FROM outages CROSS JOIN (VALUES ('noc'), ('viettel')) AS receivers (receiver)
    """,
    """
    INSERT INTO maintenance_windows (
        name, scope_kind, scope_code, starts_at, ends_at, created_at, created_by
    )
    SELECT 'works in ' || name, 'commune', commune_code, now() - INTERVAL '2 hours',
        now() + INTERVAL '1 hour', now() - INTERVAL '3 days', 'an'
    FROM communes
    """,
    """
    INSERT INTO maintenance_windows (
        name, scope_kind, scope_code, starts_at, ends_at, created_at, created_by
    )
    SELECT 'splicing', 'village', village_code, now() - INTERVAL '2 hours',
        now() + INTERVAL '1 hour', now() - INTERVAL '3 days', 'an'
    FROM villages
    """,
    """
    INSERT INTO village_days (
        day, village_code, revision, status, households, served_seconds, degraded_seconds,
        down_seconds, unknown_seconds, maintenance_seconds, mains_seconds, battery_seconds,
        backhaul_seconds, radio_seconds, access_seconds, core_seconds, unexplained_seconds,
        sustained, momentary, sustained_net, momentary_net, sustained_network, momentary_network,
        built_at
    )
    SELECT day, village_code, 0,
        CASE WHEN day > now()::date - 3 THEN 'provisional' ELSE 'final' END,
        households, 86400 - 300 - 600 * bad - 60, 300, 600 * bad, 60, 100 * bad, 200 * bad,
        50 * bad, 50 * bad, 50 * bad, 50 * bad, 50 * bad, 50 * bad,
        bad, 1, bad, 1, 1, 0, now() - INTERVAL '10 minutes'
    FROM (SELECT village_code, households, 1 + households % 4 AS bad FROM villages) AS villages
    CROSS JOIN LATERAL (
        SELECT (day AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day FROM generate_series(
            now() - INTERVAL '{days} days', now(), INTERVAL '1 day'
        ) AS day
    ) AS days
    """,
    """
    INSERT INTO link_days (
        day, link_code, revision, status, households, served_seconds, degraded_seconds,
        down_seconds, unknown_seconds, maintenance_seconds, mains_seconds, battery_seconds,
        backhaul_seconds, radio_seconds, access_seconds, core_seconds, unexplained_seconds,
        sustained, momentary, sustained_net, momentary_net, sustained_network, momentary_network,
        built_at
    )
    SELECT day, link_code, 0, status, coalesce(l.households, 10), served_seconds, degraded_seconds,
        down_seconds, unknown_seconds, maintenance_seconds, mains_seconds, battery_seconds,
        backhaul_seconds, radio_seconds, access_seconds, core_seconds, unexplained_seconds,
        sustained, momentary, sustained_net, momentary_net, sustained_network, momentary_network,
        built_at
    FROM village_days JOIN links AS l USING (village_code)
    """,
    """
    INSERT INTO book_revisions (at, kind, day, subject, code, revision, before, after, reason)
    VALUES (now() - INTERVAL '1 hour', 'final', now()::date - 3, 'day', '', 0, '{{}}', '{{}}',
        'nothing can be late any more')
    """,
    """
    INSERT INTO mutes (kind, matchers, starts_at, ends_at, created_at, created_by, comment)
    VALUES ('silence', '[{{"name": "commune", "operator": "=", "value": "22015"}}]',
        now() - INTERVAL '1 hour', now() + INTERVAL '3 hours', now() - INTERVAL '1 hour', 'an',
        'flood: known')
    """,
)


async def fill(
    connection: AsyncConnection,
    *,
    days: float = 8,
    minute_days: float = 0.25,
    outages_a_day: float = 4,
    open_every: int = 3,
) -> None:
    """Fill a database that has an inventory and nothing else.

    Args:
        connection: as the owner.
        days: how far back hours, days, spells, incidents and accounts go.
        minute_days: how far back minutes go.
        outages_a_day: how often each village has one, of 40 minutes.
        open_every: of how many villages one has an outage now.
    """
    if (await detect_capabilities(connection)).continuous_aggregates:
        await fill_raw(connection, days, minute_days, varieties_sql())
    else:
        for level, bucket in _LEVELS:
            reach = minute_days if level == "1m" else days
            await _roll_ups(connection, level, bucket, reach)
    outages = max(round(days * outages_a_day), 1)
    for statement in (*_STATES, *_MINUTES, *_ACCOUNTS, *_DECISIONS):
        filled = statement.format(days=days, outages=outages, open_every=open_every)
        await connection.execute(filled.encode())
    await connection.execute("ANALYZE")


async def keep_up(connection: AsyncConnection) -> None:
    """Write down what ingest would have since the database was filled, a day ago at the most."""
    for statement in _MINUTES:
        await connection.execute(statement.format(days=1).encode())
    await connection.execute(_HEARD_AGAIN)


def varieties_sql() -> str:
    """Return what sensors measure as rows of SQL: variety, metric, middle, spread."""
    return ", ".join(
        f"('{variety}', '{metric}', {middle}, {spread})"
        for variety, metric, middle, spread in VARIETIES
    )


async def _roll_ups(connection: AsyncConnection, level: str, bucket: str, days: float) -> None:
    unit = bucket.split()[1]
    zone = ", 'Asia/Ho_Chi_Minh'" if unit == "day" else ""
    first = f"date_trunc('{unit}', now() - INTERVAL '{days} days'{zone})"
    filled = {"level": level, "bucket": bucket, "first": first, "varieties": varieties_sql()}
    for statement in (_LINKS, _SENSORS):
        await connection.execute(statement.format(**filled).encode())
