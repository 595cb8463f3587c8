-- The migrator's own table; made before the first migration.
CREATE TABLE IF NOT EXISTS public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL,
    edition text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_migrations_key PRIMARY KEY (version),
    CONSTRAINT schema_migrations_state CHECK (state IN ('applied', 'skipped', 'begun'))
);
COMMENT ON TABLE public.schema_migrations IS 'What the migrator did with each file of the chain.';
COMMENT ON COLUMN public.schema_migrations.version IS 'Number of the file.';
COMMENT ON COLUMN public.schema_migrations.name IS 'Name of the file.';
COMMENT ON COLUMN public.schema_migrations.checksum IS
    'SHA-256 of the file, in hexadecimal, with line ends normalised.';
COMMENT ON COLUMN public.schema_migrations.state IS
    'applied; skipped: it is for the other edition; begun: it commits statement by statement and did not reach its end yet.';
COMMENT ON COLUMN public.schema_migrations.edition IS 'Edition of TimescaleDB at that time.';
COMMENT ON COLUMN public.schema_migrations.recorded_at IS 'When it came into that state.';
