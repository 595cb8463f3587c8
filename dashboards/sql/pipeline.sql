-- messages_now: messages a second over the last five whole minutes
SELECT coalesce(sum(messages), 0) / 300.0 AS messages
FROM ingest_minutes
WHERE minute >= date_trunc('minute', now()) - INTERVAL '5 minutes'
    AND minute < date_trunc('minute', now());

-- silence: seconds since the end of the newest minute in the accounts
SELECT greatest(extract(epoch FROM now() - max(minute)) - 60, 0)::double precision AS seconds
FROM ingest_minutes;

-- delay: seconds from observation to arrival, of devices heard in the last five minutes
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY skew_seconds) AS p95
FROM device_states
WHERE received_at >= now() - INTERVAL '5 minutes';

-- rejected_share: share of what was received that became dead letters, percent
SELECT 100.0 * sum(rejected) / nullif(sum(received), 0) AS rejected
FROM ingest_minutes
WHERE $__timeFilter(minute);

-- duplicate_share: share of what was received that was stored already, percent
SELECT 100.0 * sum(duplicate) / nullif(sum(received), 0) AS duplicate
FROM ingest_minutes
WHERE $__timeFilter(minute);

-- watching: seconds since the rules last said that they watch
SELECT extract(epoch FROM now() - max(coalesce(until, seen_at)))::double precision AS seconds
FROM watch_spells;

-- records: what became of records, a second, in steps that are over; one without any is nothing, not a gap
SELECT steps.time, coalesce(stored, 0) / @seconds AS stored,
    coalesce(duplicate, 0) / @seconds AS duplicate, coalesce(rejected, 0) / @seconds AS rejected
FROM @steps AS steps (time)
LEFT JOIN (
    SELECT time_bucket(@width, minute, @midnight) AS time, sum(stored) AS stored,
        sum(duplicate) AS duplicate, sum(rejected) AS rejected
    FROM ingest_minutes WHERE $__timeFilter(minute)
    GROUP BY 1
) AS m USING (time)
WHERE steps.time >= $__timeFrom() AND steps.time + @width <= date_trunc('minute', now())
ORDER BY 1;

-- messages: messages a second, each worker, in steps that are over; a worker that did not run is a gap
WITH counted AS MATERIALIZED (
    SELECT time_bucket(@width, minute, @midnight) AS time, worker AS metric,
        sum(messages) / @seconds AS value
    FROM ingest_minutes
    WHERE $__timeFilter(minute)
    GROUP BY 1, 2
)
SELECT s.time, w.metric, c.value
FROM @steps AS s (time)
CROSS JOIN (SELECT DISTINCT metric FROM counted) AS w
LEFT JOIN counted AS c USING (time, metric)
WHERE s.time >= $__timeFrom() AND s.time + @width <= date_trunc('minute', now())
ORDER BY 1, 2;

-- accounts: minutes whose accounts do not add up, newest first
SELECT minute, worker, received, stored, duplicate, rejected,
    received - stored - duplicate - rejected AS missing
FROM ingest_minutes
WHERE $__timeFilter(minute) AND received <> stored + duplicate + rejected
ORDER BY minute DESC
LIMIT 100;

-- in_flight: most messages in flight in one worker, in the newest minute that each wrote down
SELECT max(in_flight) AS messages
FROM (
    SELECT DISTINCT ON (worker) in_flight FROM ingest_queues
    WHERE minute >= now() - INTERVAL '3 minutes'
    ORDER BY worker, minute DESC
) AS newest;

-- broker_queue: messages that wait at the broker, in the newest minute that each worker wrote down
SELECT max(broker_messages) AS messages
FROM (
    SELECT DISTINCT ON (worker) broker_messages FROM ingest_queues
    WHERE minute >= now() - INTERVAL '3 minutes'
    ORDER BY worker, minute DESC
) AS newest;

-- dropped: messages that the broker threw away, as the worker saw it that saw most
WITH counts AS (
    -- Most minutes say the same as the one before: the first of an hour's speaks for all.
    SELECT worker, broker_dropped, min(minute) AS minute
    FROM ingest_queues
    WHERE $__timeFilter(minute) AND broker_dropped IS NOT NULL
    GROUP BY worker, broker_dropped, time_bucket(INTERVAL '1 hour', minute)
)
SELECT max(dropped) AS messages FROM @broker_drops AS workers;

-- queues: what waited, over time; a step in which no ingest ran is a gap
WITH waited AS MATERIALIZED (
    SELECT time_bucket(@width, minute, @midnight) AS time, max(in_flight) AS in_flight,
        max(broker_messages) AS broker
    FROM ingest_queues
    WHERE $__timeFilter(minute)
    GROUP BY 1
)
SELECT s.time, in_flight, broker
FROM @steps AS s (time)
LEFT JOIN waited USING (time)
WHERE EXISTS (SELECT FROM waited)
ORDER BY 1;

-- letters_by_reason: dead letters last seen in the range, by reason
SELECT reason, sum(occurrences) AS occurrences
FROM dead_letters
WHERE $__timeFilter(last_received_at)
GROUP BY reason
ORDER BY occurrences DESC;

-- letters: newest dead letters of the range that nobody has replayed
SELECT last_received_at, dead_letter_id, reason, detail, device_code, topic, occurrences
FROM dead_letters
WHERE $__timeFilter(last_received_at) AND replayed_at IS NULL
ORDER BY last_received_at DESC
LIMIT 50;

-- overdue: share of devices of each kind that are three intervals late, or were never heard; percent
SELECT kind, 100.0 * count(*) FILTER (
        WHERE s.received_at IS NULL
            OR s.received_at < now() - make_interval(secs => 3 * interval_seconds)
    ) / count(*) AS overdue
FROM devices
LEFT JOIN device_states AS s USING (device_id)
WHERE retired_at IS NULL
GROUP BY kind
ORDER BY kind;

-- clocks: devices by how their clock stood to ours at their newest report
SELECT count(*) FILTER (WHERE skew_seconds < -5) AS ahead,
    count(*) FILTER (WHERE skew_seconds BETWEEN -5 AND 300) AS good,
    count(*) FILTER (WHERE skew_seconds > 300) AS late
FROM device_states
WHERE received_at >= now() - INTERVAL '1 hour';

-- canaries: each canary, and seconds since it was last heard
SELECT name, device_code, extract(epoch FROM now() - received_at)::double precision AS seconds
FROM devices
LEFT JOIN device_states USING (device_id)
WHERE kind = 'canary' AND retired_at IS NULL
ORDER BY seconds DESC NULLS FIRST;

-- rollups: buckets between now and the end of the newest bucket of each roll-up; minutes by devices just heard
SELECT relation, coalesce(greatest(extract(epoch FROM now() - newest) / seconds - 1, 0), most)::double precision AS behind
FROM (
    SELECT 'link_reports_1m' AS relation, 60 AS seconds, 120 AS most,
        (SELECT max(r.bucket) FROM (
            SELECT device_id FROM devices JOIN device_states USING (device_id)
            WHERE kind IN ('link_probe', 'base_station') ORDER BY received_at DESC LIMIT 20
        ) AS heard CROSS JOIN LATERAL (
            SELECT bucket FROM link_reports_1m AS m
            WHERE m.device_id = heard.device_id AND bucket >= now() - INTERVAL '2 hours'
            ORDER BY bucket DESC LIMIT 1
        ) AS r) AS newest
    UNION ALL
    SELECT 'link_reports_1h', 3600, 48,
        (SELECT max(bucket) FROM link_reports_1h WHERE bucket >= now() - INTERVAL '2 days')
    UNION ALL
    SELECT 'link_reports_1d', 86400, 30,
        (SELECT max(bucket) FROM link_reports_1d WHERE bucket >= now() - INTERVAL '30 days')
    UNION ALL
    SELECT 'sensor_readings_1m', 60, 120,
        (SELECT max(r.bucket) FROM (
            SELECT device_id FROM devices JOIN device_states USING (device_id)
            WHERE kind = 'sensor' ORDER BY received_at DESC LIMIT 20
        ) AS heard CROSS JOIN LATERAL (
            SELECT bucket FROM sensor_readings_1m AS m
            WHERE m.device_id = heard.device_id AND bucket >= now() - INTERVAL '2 hours'
            ORDER BY bucket DESC LIMIT 1
        ) AS r)
    UNION ALL
    SELECT 'sensor_readings_1h', 3600, 48,
        (SELECT max(bucket) FROM sensor_readings_1h WHERE bucket >= now() - INTERVAL '2 days')
    UNION ALL
    SELECT 'sensor_readings_1d', 86400, 30,
        (SELECT max(bucket) FROM sensor_readings_1d WHERE bucket >= now() - INTERVAL '30 days')
) AS levels;

-- marks: how long the oldest piece of roll-up work has been waiting, seconds (Apache edition)
SELECT coalesce(extract(epoch FROM now() - min(marked_at)), 0)::double precision AS seconds
FROM rollup_marks
WHERE relation IN ('link_reports', 'sensor_readings');

-- database_size: bytes of the whole database
SELECT pg_database_size(current_database()) AS bytes;

-- sizes: bytes (to the page, but for what was written this moment) and chunks of each hypertable; roll-ups under their own names on either edition
WITH counted AS MATERIALIZED (
    SELECT hypertable_schema, hypertable_name, count(*) FILTER (WHERE is_compressed) AS columnstore,
        min(range_start) AS oldest
    FROM timescaledb_information.chunks
    GROUP BY 1, 2
)
SELECT coalesce(a.view_name, h.hypertable_name) AS relation,
    hypertable_approximate_size(format('%I.%I', h.hypertable_schema, h.hypertable_name)::regclass) AS bytes,
    h.num_chunks AS chunks, coalesce(c.columnstore, 0) AS columnstore, c.oldest
FROM timescaledb_information.hypertables AS h
LEFT JOIN counted AS c USING (hypertable_schema, hypertable_name)
LEFT JOIN timescaledb_information.continuous_aggregates AS a
    ON a.materialization_hypertable_schema = h.hypertable_schema
    AND a.materialization_hypertable_name = h.hypertable_name
ORDER BY bytes DESC;

-- rejected_recently: share of the records of the last ten minutes that became dead letters, percent
SELECT coalesce(100.0 * sum(rejected) / nullif(sum(received), 0), 0)::double precision AS rejected
FROM ingest_minutes
WHERE minute >= now() - INTERVAL '10 minutes';

-- dropped_recently: messages that the broker threw away in the last hour
WITH counts AS (
    SELECT worker, broker_dropped, minute
    FROM ingest_queues
    WHERE minute >= now() - INTERVAL '1 hour' AND broker_dropped IS NOT NULL
)
SELECT coalesce(max(dropped), 0)::double precision AS messages FROM @broker_drops AS workers;
