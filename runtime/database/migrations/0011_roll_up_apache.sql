-- requires: apache
-- roll_up(): what the marks call for, level by level. Writers only append marks and this only
-- deletes them, so neither waits for the other.

CREATE FUNCTION take_rollup_marks(
    of_relation text, max_buckets integer, until timestamptz,
    OUT marks bigint, OUT more boolean, OUT devices integer[], OUT buckets timestamptz[]
)
LANGUAGE plpgsql AS $$
DECLARE
    mark record;
    taken bigint[] := '{}';
    size bigint := 0;
BEGIN
    more := false;
    -- A mark may stand for one device or for all of them, so it is their sum that bounds the
    -- work; the first mark is taken whatever its size.
    FOR mark IN
        SELECT mark_id, cardinality(device_ids) AS size FROM rollup_marks
        WHERE relation = of_relation AND bucket < until
        ORDER BY mark_id
    LOOP
        more := size >= max_buckets;
        EXIT WHEN more;
        taken := taken || mark.mark_id;
        size := size + mark.size;
    END LOOP;
    marks := cardinality(taken);
    WITH gone AS (
        DELETE FROM rollup_marks WHERE mark_id = ANY (taken) RETURNING bucket, device_ids
    ),
    pairs AS (
        SELECT DISTINCT device_id, bucket FROM gone CROSS JOIN unnest(device_ids) AS device_id
    )
    SELECT array_agg(device_id), array_agg(bucket) INTO devices, buckets FROM pairs;
END
$$;

CREATE FUNCTION roll_up_level(
    of_relation text, max_buckets integer, until timestamptz,
    OUT marks bigint, OUT buckets bigint, OUT more boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    devices integer[];
    starts timestamptz[];
BEGIN
    -- The marks go before the rows are read: in read committed each statement sees what was
    -- committed before it began, so the rows of every mark taken are seen, and a mark that
    -- comes between the two statements stays for the next time. In a stricter isolation both
    -- see the same snapshot.
    SELECT taken.marks, taken.more, taken.devices, taken.buckets
    INTO marks, more, devices, starts
    FROM take_rollup_marks(of_relation, max_buckets, until) AS taken;
    buckets := 0;
    IF marks = 0 THEN
        RETURN;
    END IF;
    CASE of_relation
        WHEN 'link_reports' THEN
            buckets := roll_up_links(devices, starts);
        WHEN 'link_reports_1m' THEN
            buckets := roll_up_links('link_reports_1h', of_relation, '1 hour', devices, starts);
        WHEN 'link_reports_1h' THEN
            buckets := roll_up_links('link_reports_1d', of_relation, '1 day', devices, starts);
        WHEN 'sensor_readings' THEN
            buckets := roll_up_sensors(devices, starts);
        WHEN 'sensor_readings_1m' THEN
            buckets := roll_up_sensors(
                'sensor_readings_1h', of_relation, '1 hour', devices, starts
            );
        WHEN 'sensor_readings_1h' THEN
            buckets := roll_up_sensors(
                'sensor_readings_1d', of_relation, '1 day', devices, starts
            );
    END CASE;
    IF of_relation IN ('link_reports', 'sensor_readings') THEN
        INSERT INTO rollup_marks (relation, bucket, device_ids)
        SELECT of_relation || '_1m', date_trunc('hour', start, 'UTC'), array_agg(DISTINCT device)
        FROM unnest(devices, starts) AS pair (device, start)
        GROUP BY 2;
    ELSIF of_relation IN ('link_reports_1m', 'sensor_readings_1m') THEN
        INSERT INTO rollup_marks (relation, bucket, device_ids)
        SELECT
            replace(of_relation, '_1m', '_1h'), date_trunc('day', start, 'Asia/Ho_Chi_Minh'),
            array_agg(DISTINCT device)
        FROM unnest(devices, starts) AS pair (device, start)
        GROUP BY 2;
    END IF;
END
$$;

CREATE FUNCTION roll_up(
    max_buckets integer,
    settle interval DEFAULT '15 seconds',
    hour_lag interval DEFAULT '5 minutes',
    day_lag interval DEFAULT '30 minutes',
    OUT busy boolean, OUT marks bigint, OUT buckets bigint, OUT more boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
-- A plan for these very arrays and bounds is worth its making; compiling one is not.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
DECLARE
    level record;
    done record;
BEGIN
    marks := 0;
    buckets := 0;
    more := false;
    -- Until the end of the transaction, so that the next roller sees all that this one did.
    busy := NOT pg_try_advisory_xact_lock('rollup_marks'::regclass::bigint);
    IF busy THEN
        RETURN;
    END IF;
    FOR level IN
        SELECT *
        FROM (
            VALUES
                ('link_reports', INTERVAL '0', now() - settle - INTERVAL '1 minute'),
                ('sensor_readings', INTERVAL '0', now() - settle - INTERVAL '1 minute'),
                ('link_reports_1m', hour_lag, 'infinity'),
                ('sensor_readings_1m', hour_lag, 'infinity'),
                ('link_reports_1h', day_lag, 'infinity'),
                ('sensor_readings_1h', day_lag, 'infinity')
        ) AS levels (relation, lag, until)
    LOOP
        -- Marks of a level wait until the oldest of them has waited for the lag: an hour that
        -- sixty minutes flow into is then computed a few times, not sixty.
        CONTINUE WHEN NOT EXISTS (
            SELECT FROM rollup_marks
            WHERE relation = level.relation AND marked_at <= now() - level.lag
        );
        SELECT * INTO done FROM roll_up_level(level.relation, max_buckets, level.until);
        marks := marks + done.marks;
        buckets := buckets + done.buckets;
        more := more OR done.more;
    END LOOP;
END
$$;
COMMENT ON FUNCTION roll_up IS
    'Computes the marked buckets of the roll-ups again, of each level about max_buckets (device,'
    ' bucket) pairs at the most. Minutes are computed once they have been over for settle; hours '
    'and days once their oldest mark has waited for their lag. Returns whether another caller is '
    'at it (then nothing was done), the marks taken, the buckets written, and whether more marks '
    'are ready.';
REVOKE ALL ON FUNCTION roll_up(integer, interval, interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roll_up(integer, interval, interval, interval) TO srepok_ingest;
REVOKE ALL ON FUNCTION take_rollup_marks(text, integer, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION roll_up_level(text, integer, timestamptz) FROM PUBLIC;
