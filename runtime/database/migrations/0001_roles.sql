-- Groups of rights, without login. A login is made with
-- `python -m runtime.database login NAME --role ROLE`; the owner of everything is whoever runs
-- the migrations. Roles belong to the whole server, so another database may have made them,
-- or may be making them at this moment.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY
        ARRAY['srepok_ingest', 'srepok_rules', 'srepok_gateway', 'srepok_grafana']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
END
$$;

-- Nothing is open to whoever can merely reach the server.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I'
        ' TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana',
        current_database()
    );
    -- Ingest stages batches in temporary tables.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO srepok_ingest', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;

-- Services look here, at start, whether the schema is the one they were written for.
GRANT SELECT ON schema_migrations TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
