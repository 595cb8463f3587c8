-- requires: community
CREATE OR REPLACE FUNCTION enforce_retention(
    as_of timestamptz DEFAULT now(), OUT relation text, OUT removed bigint
)
RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    setting record;
    -- Whoever calls this may not reach into the future and drop the present.
    present constant timestamptz := least(as_of, now());
BEGIN
    FOR setting IN SELECT * FROM retention_settings AS s ORDER BY s.relation LOOP
        relation := setting.relation;
        removed := 0;
        IF setting.time_column IS NOT NULL THEN
            EXECUTE format('DELETE FROM %I WHERE %I < $1', setting.relation, setting.time_column)
            USING present - setting.keep;
            GET DIAGNOSTICS removed = ROW_COUNT;
        ELSIF NOT EXISTS (
            SELECT
            FROM timescaledb_information.jobs AS job
            LEFT JOIN timescaledb_information.continuous_aggregates AS aggregate
                ON aggregate.materialization_hypertable_schema = job.hypertable_schema
                AND aggregate.materialization_hypertable_name = job.hypertable_name
            WHERE job.proc_name = 'policy_retention'
              AND coalesce(aggregate.view_schema, job.hypertable_schema) = 'public'
              AND coalesce(aggregate.view_name, job.hypertable_name) = setting.relation
              AND (job.config ->> 'drop_after')::interval = setting.keep
        ) THEN
            PERFORM remove_retention_policy(setting.relation::regclass, if_exists => true);
            PERFORM add_retention_policy(setting.relation::regclass, drop_after => setting.keep);
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION enforce_retention IS
    'Makes the retention policies those of retention_settings, and deletes the old rows of '
    'plain tables; returns each relation with the rows deleted. A time in the future counts'
    ' as now.';
REVOKE ALL ON FUNCTION enforce_retention(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enforce_retention(timestamptz) TO srepok_ingest;

SELECT * FROM enforce_retention();
