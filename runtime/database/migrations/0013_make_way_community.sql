-- requires: community
-- Where the database was one of the Apache edition, its roll-up tables make way for continuous
-- aggregates. They go by other names until these have taken over what they hold.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'link_reports_1m', 'link_reports_1h', 'link_reports_1d',
        'sensor_readings_1m', 'sensor_readings_1h', 'sensor_readings_1d'
    ]
    LOOP
        IF EXISTS (
            SELECT FROM pg_class WHERE oid = to_regclass('public.' || name) AND relkind = 'r'
        ) THEN
            EXECUTE format('ALTER TABLE public.%I RENAME TO %I', name, name || '_apache');
        END IF;
    END LOOP;
END
$$;
-- Only the Apache edition's roll_up() reads the marks.
TRUNCATE rollup_marks;
DROP FUNCTION IF EXISTS roll_up_level(text, integer, timestamptz);
DROP FUNCTION IF EXISTS take_rollup_marks(text, integer, timestamptz);
DROP FUNCTION IF EXISTS roll_up_links(integer[], timestamptz[]);
DROP FUNCTION IF EXISTS roll_up_links(text, text, interval, integer[], timestamptz[]);
DROP FUNCTION IF EXISTS roll_up_sensors(integer[], timestamptz[]);
DROP FUNCTION IF EXISTS roll_up_sensors(text, text, interval, integer[], timestamptz[]);

CREATE OR REPLACE FUNCTION roll_up(
    max_buckets integer,
    settle interval DEFAULT '15 seconds',
    hour_lag interval DEFAULT '5 minutes',
    day_lag interval DEFAULT '30 minutes',
    OUT busy boolean, OUT marks bigint, OUT buckets bigint, OUT more boolean
)
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT false, 0::bigint, 0::bigint, false
$$;
COMMENT ON FUNCTION roll_up IS
    'Has nothing to do on the Community edition: the server keeps its continuous aggregates.';
REVOKE ALL ON FUNCTION roll_up(integer, interval, interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roll_up(integer, interval, interval, interval) TO srepok_ingest;
