-- requires: apache
CREATE FUNCTION enforce_retention(
    as_of timestamptz DEFAULT now(), OUT relation text, OUT removed bigint
)
RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
-- What is in use goes another time: nobody waits behind us for long.
SET lock_timeout = '5s'
AS $$
DECLARE
    setting record;
    -- Whoever calls this may not reach into the future and drop the present.
    present constant timestamptz := least(as_of, now());
BEGIN
    FOR setting IN SELECT * FROM retention_settings AS s ORDER BY s.relation LOOP
        relation := setting.relation;
        BEGIN
            IF setting.time_column IS NULL THEN
                SELECT count(*) INTO removed FROM drop_chunks(
                    setting.relation::regclass, older_than => present - setting.keep
                );
            ELSE
                EXECUTE format(
                    'DELETE FROM %I WHERE %I < $1', setting.relation, setting.time_column
                )
                USING present - setting.keep;
                GET DIAGNOSTICS removed = ROW_COUNT;
            END IF;
        EXCEPTION
            WHEN lock_not_available THEN removed := NULL;
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION enforce_retention IS
    'Removes what retention_settings no longer keeps; returns each relation with the chunks'
    ' dropped, or the rows deleted of a plain table; null: it was in use. A time in the '
    'future counts as now.';
REVOKE ALL ON FUNCTION enforce_retention(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enforce_retention(timestamptz) TO srepok_ingest;
