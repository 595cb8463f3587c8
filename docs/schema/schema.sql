-- The schema as it is, as one file to read: what the migrations make of an empty database on
-- the Apache edition of TimescaleDB, in the order of its subjects. A test applies it to an empty
-- database and compares the catalogs with those that the migrations leave. On the Community
-- edition the six roll-ups are continuous aggregates of the same names, columns and types, and
-- roll_up() and enforce_retention() have other bodies; README.md tells the rest.

CREATE EXTENSION IF NOT EXISTS timescaledb;


-- ==================== Migrations

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


-- ==================== Rights

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


-- ==================== Inventory

-- The inventory: what there is to watch. Written by one importer from an inventory file; what
-- a later file no longer names is retired, never deleted, because old rows still speak of it.
-- Codes are the identity of everything but a device, whose number stands in every reading.

CREATE TABLE inventory_revisions (
    revision bigint GENERATED ALWAYS AS IDENTITY,
    imported_at timestamptz NOT NULL,
    source text NOT NULL,
    checksum text NOT NULL,
    CONSTRAINT inventory_revisions_key PRIMARY KEY (revision)
);
COMMENT ON TABLE inventory_revisions IS
    'One row an import that changed the inventory; announced on the channel srepok_inventory.';
COMMENT ON COLUMN inventory_revisions.revision IS 'Number of the import.';
COMMENT ON COLUMN inventory_revisions.imported_at IS 'When it was imported.';
COMMENT ON COLUMN inventory_revisions.source IS 'Name of the file it came from.';
COMMENT ON COLUMN inventory_revisions.checksum IS
    'SHA-256, in hexadecimal, of everything that was imported.';

CREATE TABLE metrics (
    metric_id smallint NOT NULL,
    metric text NOT NULL,
    unit text NOT NULL,
    minimum double precision NOT NULL,
    maximum double precision NOT NULL,
    description text NOT NULL,
    CONSTRAINT metrics_key PRIMARY KEY (metric_id),
    CONSTRAINT metrics_metric_unique UNIQUE (metric),
    CONSTRAINT metrics_metric_id CHECK (metric_id > 0),
    CONSTRAINT metrics_range CHECK (minimum < maximum)
);
COMMENT ON TABLE metrics IS 'The catalogue of metrics that a reading may measure.';
COMMENT ON COLUMN metrics.metric_id IS 'Its number in every reading; stable for ever.';
COMMENT ON COLUMN metrics.metric IS 'Its code, as on the wire.';
COMMENT ON COLUMN metrics.unit IS 'Unit of its values; empty for counts and states.';
COMMENT ON COLUMN metrics.minimum IS 'Least plausible value.';
COMMENT ON COLUMN metrics.maximum IS 'Greatest plausible value.';
COMMENT ON COLUMN metrics.description IS 'One line for people.';

CREATE TABLE provinces (
    province_code text NOT NULL,
    name text NOT NULL,
    retired_at timestamptz,
    CONSTRAINT provinces_key PRIMARY KEY (province_code)
);
COMMENT ON TABLE provinces IS 'Provinces.';
COMMENT ON COLUMN provinces.province_code IS 'Official code, such as 66.';
COMMENT ON COLUMN provinces.name IS 'Name, with diacritics.';
COMMENT ON COLUMN provinces.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE operators (
    operator_code text NOT NULL,
    name text NOT NULL,
    retired_at timestamptz,
    CONSTRAINT operators_key PRIMARY KEY (operator_code)
);
COMMENT ON TABLE operators IS 'Telecommunications operators.';
COMMENT ON COLUMN operators.operator_code IS 'Code.';
COMMENT ON COLUMN operators.name IS 'Name.';
COMMENT ON COLUMN operators.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE communes (
    commune_code text NOT NULL,
    province_code text NOT NULL,
    name text NOT NULL,
    name_ascii text NOT NULL,
    kind text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    population integer NOT NULL,
    area_km2 double precision NOT NULL,
    retired_at timestamptz,
    CONSTRAINT communes_key PRIMARY KEY (commune_code),
    CONSTRAINT communes_province FOREIGN KEY (province_code) REFERENCES provinces (province_code),
    CONSTRAINT communes_kind CHECK (kind IN ('ward', 'commune')),
    CONSTRAINT communes_position CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180),
    CONSTRAINT communes_size CHECK (population >= 0 AND area_km2 > 0)
);
COMMENT ON TABLE communes IS 'Communes and wards, the tier below the province.';
COMMENT ON COLUMN communes.commune_code IS 'Official code, such as 22015.';
COMMENT ON COLUMN communes.province_code IS 'Its province.';
COMMENT ON COLUMN communes.name IS 'Name, with diacritics.';
COMMENT ON COLUMN communes.name_ascii IS 'Name, without diacritics.';
COMMENT ON COLUMN communes.kind IS 'ward (urban) or commune (rural).';
COMMENT ON COLUMN communes.lat IS 'Latitude of a point inside, degrees, WGS 84.';
COMMENT ON COLUMN communes.lon IS 'Longitude of that point, degrees, WGS 84.';
COMMENT ON COLUMN communes.population IS 'Inhabitants.';
COMMENT ON COLUMN communes.area_km2 IS 'Area, square kilometres.';
COMMENT ON COLUMN communes.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE villages (
    village_code text NOT NULL,
    commune_code text NOT NULL,
    name text NOT NULL,
    households integer NOT NULL,
    lat double precision,
    lon double precision,
    synthetic boolean NOT NULL,
    retired_at timestamptz,
    CONSTRAINT villages_key PRIMARY KEY (village_code),
    CONSTRAINT villages_commune FOREIGN KEY (commune_code) REFERENCES communes (commune_code),
    CONSTRAINT villages_households CHECK (households >= 0),
    CONSTRAINT villages_position CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)
);
COMMENT ON TABLE villages IS
    'Villages, hamlets, residential groups: the units whose broadband is watched.';
COMMENT ON COLUMN villages.village_code IS 'Code.';
COMMENT ON COLUMN villages.commune_code IS 'Its commune or ward.';
COMMENT ON COLUMN villages.name IS 'Name, with diacritics.';
COMMENT ON COLUMN villages.households IS 'Households.';
COMMENT ON COLUMN villages.lat IS 'Latitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN villages.lon IS 'Longitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN villages.synthetic IS 'Made by the simulators; not a place that exists.';
COMMENT ON COLUMN villages.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE nodes (
    node_code text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    operator_code text,
    commune_code text,
    power_node_code text,
    lat double precision,
    lon double precision,
    retired_at timestamptz,
    CONSTRAINT nodes_key PRIMARY KEY (node_code),
    CONSTRAINT nodes_operator FOREIGN KEY (operator_code) REFERENCES operators (operator_code),
    CONSTRAINT nodes_commune FOREIGN KEY (commune_code) REFERENCES communes (commune_code),
    -- Checked at commit: an import may name a node before its power node.
    CONSTRAINT nodes_power_node FOREIGN KEY (power_node_code) REFERENCES nodes (node_code)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT nodes_kind CHECK (
        kind IN (
            'operator_core', 'aggregation', 'olt', 'card', 'splitter', 'site', 'cell',
            'power_substation', 'power_feeder'
        )
    ),
    CONSTRAINT nodes_position CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)
);
COMMENT ON TABLE nodes IS
    'What the service of a village depends on, in operators'' networks and in the power '
    'grid.';
COMMENT ON COLUMN nodes.node_code IS 'Code.';
COMMENT ON COLUMN nodes.kind IS
    'operator_core, aggregation, olt, card, splitter, site, cell, power_substation or '
    'power_feeder.';
COMMENT ON COLUMN nodes.name IS 'Name.';
COMMENT ON COLUMN nodes.operator_code IS 'Whose it is; null: the power grid''s.';
COMMENT ON COLUMN nodes.commune_code IS 'Where it stands; null: not known.';
COMMENT ON COLUMN nodes.power_node_code IS
    'Node of the power grid that feeds it; null: not known.';
COMMENT ON COLUMN nodes.lat IS 'Latitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN nodes.lon IS 'Longitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN nodes.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE node_parents (
    node_code text NOT NULL,
    parent_code text NOT NULL,
    CONSTRAINT node_parents_key PRIMARY KEY (node_code, parent_code),
    CONSTRAINT node_parents_node FOREIGN KEY (node_code) REFERENCES nodes (node_code),
    CONSTRAINT node_parents_parent FOREIGN KEY (parent_code) REFERENCES nodes (node_code),
    CONSTRAINT node_parents_distinct CHECK (node_code <> parent_code)
);
CREATE INDEX node_parents_parent_code ON node_parents (parent_code);
COMMENT ON TABLE node_parents IS
    'The nodes upstream of a node; with several, it works while one of them does.';
COMMENT ON COLUMN node_parents.node_code IS 'The node.';
COMMENT ON COLUMN node_parents.parent_code IS 'A node upstream of it.';

CREATE TABLE links (
    link_code text NOT NULL,
    village_code text NOT NULL,
    operator_code text NOT NULL,
    technology text NOT NULL,
    node_code text NOT NULL,
    households integer,
    retired_at timestamptz,
    CONSTRAINT links_key PRIMARY KEY (link_code),
    CONSTRAINT links_village FOREIGN KEY (village_code) REFERENCES villages (village_code),
    CONSTRAINT links_operator FOREIGN KEY (operator_code) REFERENCES operators (operator_code),
    CONSTRAINT links_node FOREIGN KEY (node_code) REFERENCES nodes (node_code),
    CONSTRAINT links_technology CHECK (
        technology IN ('ftth', 'adsl', 'leased', 'microwave', '4g', '5g', 'satellite')
    ),
    CONSTRAINT links_households CHECK (households >= 0)
);
COMMENT ON TABLE links IS 'One operator''s service of one village.';
COMMENT ON COLUMN links.link_code IS 'Code.';
COMMENT ON COLUMN links.village_code IS 'The village.';
COMMENT ON COLUMN links.operator_code IS 'The operator.';
COMMENT ON COLUMN links.technology IS 'ftth, adsl, leased, microwave, 4g, 5g or satellite.';
COMMENT ON COLUMN links.node_code IS 'The last node before the village.';
COMMENT ON COLUMN links.households IS 'Households of the village that use it; null: not known.';
COMMENT ON COLUMN links.retired_at IS 'When it left the inventory; null: it is in it.';

CREATE TABLE devices (
    device_id integer GENERATED ALWAYS AS IDENTITY,
    device_code text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    commune_code text NOT NULL,
    village_code text,
    link_code text,
    node_code text,
    power_node_code text,
    ups boolean NOT NULL,
    interval_seconds double precision NOT NULL,
    lat double precision,
    lon double precision,
    retired_at timestamptz,
    CONSTRAINT devices_key PRIMARY KEY (device_id),
    CONSTRAINT devices_device_code_unique UNIQUE (device_code),
    CONSTRAINT devices_commune FOREIGN KEY (commune_code) REFERENCES communes (commune_code),
    CONSTRAINT devices_village FOREIGN KEY (village_code) REFERENCES villages (village_code),
    CONSTRAINT devices_link FOREIGN KEY (link_code) REFERENCES links (link_code),
    CONSTRAINT devices_node FOREIGN KEY (node_code) REFERENCES nodes (node_code),
    CONSTRAINT devices_power_node FOREIGN KEY (power_node_code) REFERENCES nodes (node_code),
    CONSTRAINT devices_kind CHECK (kind IN ('link_probe', 'base_station', 'sensor', 'canary')),
    CONSTRAINT devices_interval CHECK (interval_seconds > 0 AND interval_seconds <= 86400),
    CONSTRAINT devices_position CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)
);
COMMENT ON TABLE devices IS 'What publishes.';
COMMENT ON COLUMN devices.device_id IS 'Its number in every row it causes; stable for ever.';
COMMENT ON COLUMN devices.device_code IS 'Its code in topics.';
COMMENT ON COLUMN devices.kind IS 'link_probe, base_station, sensor or canary.';
COMMENT ON COLUMN devices.name IS 'Name.';
COMMENT ON COLUMN devices.commune_code IS 'The commune that its topics carry.';
COMMENT ON COLUMN devices.village_code IS 'Village it stands in; null: none.';
COMMENT ON COLUMN devices.link_code IS 'Link it measures; null: none.';
COMMENT ON COLUMN devices.node_code IS 'Node it reports for; null: none.';
COMMENT ON COLUMN devices.power_node_code IS
    'Node of the power grid that feeds it; null: not known.';
COMMENT ON COLUMN devices.ups IS 'Whether a battery outlasts a short failure of its mains.';
COMMENT ON COLUMN devices.interval_seconds IS 'How often it should report, seconds.';
COMMENT ON COLUMN devices.lat IS 'Latitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN devices.lon IS 'Longitude, degrees, WGS 84; null: not known.';
COMMENT ON COLUMN devices.retired_at IS
    'When it left the inventory; null: it is in it. What it still sends is refused.';

CREATE TABLE device_aliases (
    alias text NOT NULL,
    device_code text NOT NULL,
    CONSTRAINT device_aliases_key PRIMARY KEY (alias),
    CONSTRAINT device_aliases_device
        FOREIGN KEY (device_code) REFERENCES devices (device_code),
    CONSTRAINT device_aliases_form CHECK (alias ~ '^[a-z0-9][a-z0-9_-]*:.')
);
CREATE INDEX device_aliases_device_code ON device_aliases (device_code);

COMMENT ON TABLE device_aliases IS 'What other systems call a device.';
COMMENT ON COLUMN device_aliases.alias IS
    'The other system, a colon, and its name for the device: chirpstack:0102030405060708.';
COMMENT ON COLUMN device_aliases.device_code IS 'The device.';

REVOKE ALL ON
    inventory_revisions, metrics, provinces, operators, communes, villages, nodes, node_parents,
    links, devices, device_aliases
    FROM PUBLIC;
GRANT SELECT ON
    inventory_revisions, metrics, provinces, operators, communes, villages, nodes, node_parents,
    links, devices, device_aliases
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Rows as they came

-- What devices said. No foreign keys: a check of a key row for each reading costs more than
-- the reading, and parallel writers deadlock on it.

CREATE TYPE skew_class AS ENUM ('ok', 'ahead', 'late', 'backfill');
COMMENT ON TYPE skew_class IS
    'How the device clock stood to ours when a row arrived: ok; ahead of it (observed_at is'
    ' moved back then, with its message, device_time the claim); late: a clock behind or a '
    'delay on the way, which one row cannot tell apart; backfill: stored on the device '
    'meanwhile, and it said so.';

CREATE TABLE link_reports (
    device_id integer NOT NULL,
    observed_at timestamptz NOT NULL,
    boot_id bigint NOT NULL,
    seq bigint NOT NULL,
    received_at timestamptz NOT NULL,
    device_time timestamptz,
    uptime_seconds double precision,
    interval_seconds real,
    config_rev integer,
    skew skew_class NOT NULL,
    battery_percent real,
    probes_sent integer,
    probes_ok integer,
    rtt_p50_ms real,
    rtt_p95_ms real,
    loss_percent real,
    down_mbps real,
    up_mbps real,
    clients integer,
    signal_dbm real,
    temperature_c real,
    backfill boolean NOT NULL,
    power text,
    CONSTRAINT link_reports_key PRIMARY KEY (device_id, observed_at, boot_id, seq),
    CONSTRAINT link_reports_counters CHECK (boot_id >= 0 AND seq >= 0 AND config_rev >= 0),
    CONSTRAINT link_reports_durations
        CHECK (uptime_seconds BETWEEN 0 AND 1e10 AND interval_seconds BETWEEN 0 AND 86400),
    CONSTRAINT link_reports_power CHECK (power IN ('mains', 'battery')),
    CONSTRAINT link_reports_percents
        CHECK (battery_percent BETWEEN 0 AND 100 AND loss_percent BETWEEN 0 AND 100),
    CONSTRAINT link_reports_probes CHECK (probes_sent >= 0 AND probes_ok >= 0),
    CONSTRAINT link_reports_round_trips
        CHECK (rtt_p50_ms BETWEEN 0 AND 3.6e6 AND rtt_p95_ms BETWEEN 0 AND 3.6e6),
    CONSTRAINT link_reports_rates
        CHECK (down_mbps BETWEEN 0 AND 1e6 AND up_mbps BETWEEN 0 AND 1e6),
    CONSTRAINT link_reports_clients CHECK (clients >= 0),
    CONSTRAINT link_reports_signal CHECK (signal_dbm BETWEEN -200 AND 50),
    CONSTRAINT link_reports_temperature CHECK (temperature_c BETWEEN -60 AND 150)
);
SELECT create_hypertable(
    'link_reports',
    by_range('observed_at', INTERVAL '1 day'),
    create_default_indexes => false
);

-- Rows come nearly in the order of either time, so a few kilobytes of block ranges answer "the
-- last five minutes of everybody" and "what arrived in this minute" as well as a tree of a
-- gigabyte a day would.
CREATE INDEX link_reports_times ON link_reports
    USING brin (observed_at, received_at) WITH (autosummarize = on, pages_per_range = 32);
CREATE INDEX link_reports_device_time
    ON link_reports (device_id, device_time, boot_id, seq) WHERE device_time IS NOT NULL;

COMMENT ON TABLE link_reports IS
    'Hypertable, a chunk a day: one row a report of a device that watches a link or a base '
    'station. A measurement the device did not send is null.';
COMMENT ON COLUMN link_reports.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN link_reports.observed_at IS
    'When it was so: the device clock, or received_at where that clock was wrong (see skew).';
COMMENT ON COLUMN link_reports.boot_id IS 'The device''s count of its boots.';
COMMENT ON COLUMN link_reports.seq IS
    'The device''s count of its reports and events in this boot.';
COMMENT ON COLUMN link_reports.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN link_reports.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN link_reports.skew IS 'How the device clock stood to ours.';
COMMENT ON COLUMN link_reports.backfill IS
    'Whether the device said that it had stored the report and sends it late.';
COMMENT ON COLUMN link_reports.uptime_seconds IS 'Seconds since the device booted.';
COMMENT ON COLUMN link_reports.interval_seconds IS 'Seconds until the next report, as declared.';
COMMENT ON COLUMN link_reports.config_rev IS 'Revision of the device''s configuration.';
COMMENT ON COLUMN link_reports.power IS 'What feeds the device: mains or battery.';
COMMENT ON COLUMN link_reports.battery_percent IS 'Charge of the battery, percent.';
COMMENT ON COLUMN link_reports.probes_sent IS 'Probes sent in the interval.';
COMMENT ON COLUMN link_reports.probes_ok IS 'Probes answered in the interval.';
COMMENT ON COLUMN link_reports.rtt_p50_ms IS
    'Median round trip of the answered probes, milliseconds.';
COMMENT ON COLUMN link_reports.rtt_p95_ms IS
    '95th percentile of the round trips of the answered probes, milliseconds.';
COMMENT ON COLUMN link_reports.loss_percent IS 'Packets lost, percent.';
COMMENT ON COLUMN link_reports.down_mbps IS 'Traffic towards the village, megabits per second.';
COMMENT ON COLUMN link_reports.up_mbps IS 'Traffic from the village, megabits per second.';
COMMENT ON COLUMN link_reports.clients IS 'Clients connected.';
COMMENT ON COLUMN link_reports.signal_dbm IS 'Received signal, dBm.';
COMMENT ON COLUMN link_reports.temperature_c IS 'Temperature of the equipment, degrees Celsius.';

CREATE TABLE sensor_readings (
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    observed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value double precision NOT NULL,
    device_time timestamptz,
    skew skew_class NOT NULL,
    -- A device sends its metrics together: with the time before the metric, one report
    -- touches one page of this index, not one page for each metric.
    CONSTRAINT sensor_readings_key PRIMARY KEY (device_id, observed_at, metric_id),
    CONSTRAINT sensor_readings_value_finite CHECK (value > '-Infinity' AND value < 'Infinity')
);
SELECT create_hypertable(
    'sensor_readings',
    by_range('observed_at', INTERVAL '1 day'),
    create_default_indexes => false
);
CREATE INDEX sensor_readings_times ON sensor_readings
    USING brin (observed_at, received_at) WITH (autosummarize = on, pages_per_range = 32);
CREATE INDEX sensor_readings_device_time
    ON sensor_readings (device_id, device_time, metric_id) WHERE device_time IS NOT NULL;

COMMENT ON TABLE sensor_readings IS
    'Hypertable, a chunk a day: one row a value of one metric of one device.';
COMMENT ON COLUMN sensor_readings.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN sensor_readings.metric_id IS 'metrics.metric_id, without a foreign key.';
COMMENT ON COLUMN sensor_readings.observed_at IS
    'When it was so: the device clock, or received_at where that clock was wrong (see skew).';
COMMENT ON COLUMN sensor_readings.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN sensor_readings.value IS 'The value, in the unit of its metric (metrics.unit).';
COMMENT ON COLUMN sensor_readings.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN sensor_readings.skew IS 'How the device clock stood to ours.';

CREATE TABLE presence_events (
    device_id integer NOT NULL,
    observed_at timestamptz NOT NULL,
    boot_id bigint NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL,
    device_time timestamptz,
    skew skew_class NOT NULL,
    reason text,
    detail jsonb,
    CONSTRAINT presence_events_key PRIMARY KEY (device_id, observed_at, boot_id, seq, kind),
    CONSTRAINT presence_events_counters CHECK (boot_id >= 0 AND seq >= 0),
    CONSTRAINT presence_events_kind CHECK (
        kind IN ('online', 'offline', 'dying_gasp', 'loss_of_signal', 'boot', 'shutdown')
    )
);
SELECT create_hypertable(
    'presence_events',
    by_range('observed_at', INTERVAL '7 days'),
    create_default_indexes => false
);
CREATE INDEX presence_events_observed_at ON presence_events (observed_at);
CREATE INDEX presence_events_received_at ON presence_events (received_at);
CREATE INDEX presence_events_device_time
    ON presence_events (device_id, device_time, boot_id, seq, kind) WHERE device_time IS NOT NULL;

COMMENT ON TABLE presence_events IS
    'Hypertable, a chunk a week: one row a change of presence or an event a device (or its '
    'will) sent.';
COMMENT ON COLUMN presence_events.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN presence_events.observed_at IS
    'When it was so: the device clock, or received_at where the device gave none or a wrong one.';
COMMENT ON COLUMN presence_events.boot_id IS 'The device''s count of its boots.';
COMMENT ON COLUMN presence_events.seq IS
    'For online and offline the count of MQTT connections in this boot, else the sequence '
    'number of the event.';
COMMENT ON COLUMN presence_events.kind IS
    'online and offline (status), dying_gasp, loss_of_signal, boot, shutdown (events).';
COMMENT ON COLUMN presence_events.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN presence_events.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN presence_events.skew IS 'How the device clock stood to ours.';
COMMENT ON COLUMN presence_events.reason IS 'Why the status was sent: connect, will or shutdown.';
COMMENT ON COLUMN presence_events.detail IS 'What else the event carried.';

REVOKE ALL ON link_reports, sensor_readings, presence_events FROM PUBLIC;
-- ON CONFLICT and RETURNING read what they meet.
GRANT SELECT, INSERT ON link_reports, sensor_readings, presence_events TO srepok_ingest;
GRANT SELECT ON link_reports, sensor_readings, presence_events
    TO srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== States

-- The newest of each device, upserted in the transaction that stores the rows it comes from.
-- Half of every page stays free, so that an update finds room beside its old row and no index
-- is touched.

CREATE TABLE device_states (
    device_id integer NOT NULL,
    online boolean,
    online_changed_at timestamptz,
    online_received_at timestamptz,
    received_at timestamptz NOT NULL,
    observed_at timestamptz,
    boot_id bigint,
    seq bigint,
    skew_seconds double precision,
    ahead_until timestamptz,
    power text,
    battery_percent real,
    probes_sent integer,
    probes_ok integer,
    rtt_p50_ms real,
    rtt_p95_ms real,
    loss_percent real,
    down_mbps real,
    up_mbps real,
    clients integer,
    signal_dbm real,
    temperature_c real,
    CONSTRAINT device_states_key PRIMARY KEY (device_id),
    CONSTRAINT device_states_device FOREIGN KEY (device_id) REFERENCES devices (device_id)
) WITH (fillfactor = 50);
-- Every batch asks which devices' rows may be stored at another time than they claim.
CREATE INDEX device_states_ahead_until ON device_states (ahead_until)
    WHERE ahead_until IS NOT NULL;

COMMENT ON TABLE device_states IS
    'The newest known of each device that was ever heard. The newest is what was observed '
    'last, not what arrived last.';
COMMENT ON COLUMN device_states.device_id IS 'The device.';
COMMENT ON COLUMN device_states.online IS 'The newest status; null: none was ever seen.';
COMMENT ON COLUMN device_states.online_changed_at IS
    'When the status came that changed it; our clock.';
COMMENT ON COLUMN device_states.online_received_at IS 'When the newest status came; our clock.';
COMMENT ON COLUMN device_states.received_at IS 'When anything was last heard from it; our clock.';
COMMENT ON COLUMN device_states.observed_at IS 'Time of its newest report; null: none.';
COMMENT ON COLUMN device_states.boot_id IS 'Boot of its newest report.';
COMMENT ON COLUMN device_states.seq IS 'Sequence number of its newest report.';
COMMENT ON COLUMN device_states.skew_seconds IS
    'Received minus claimed time of its newest report, seconds; above zero: late, or a '
    'clock behind.';
COMMENT ON COLUMN device_states.ahead_until IS
    'Latest time that the device claimed too far ahead of our clock: rows with a device_time '
    'up to it may be stored; null: none are.';
COMMENT ON COLUMN device_states.power IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.battery_percent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.probes_sent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.probes_ok IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.rtt_p50_ms IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.rtt_p95_ms IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.loss_percent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.down_mbps IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.up_mbps IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.clients IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.signal_dbm IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.temperature_c IS 'As in link_reports, of its newest report.';

CREATE TABLE sensor_states (
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    observed_at timestamptz NOT NULL,
    value double precision NOT NULL,
    CONSTRAINT sensor_states_key PRIMARY KEY (device_id, metric_id),
    CONSTRAINT sensor_states_device FOREIGN KEY (device_id) REFERENCES devices (device_id),
    CONSTRAINT sensor_states_metric FOREIGN KEY (metric_id) REFERENCES metrics (metric_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE sensor_states IS 'The newest value of each metric of each device.';
COMMENT ON COLUMN sensor_states.device_id IS 'The device.';
COMMENT ON COLUMN sensor_states.metric_id IS 'The metric.';
COMMENT ON COLUMN sensor_states.observed_at IS 'When it was so, as in sensor_readings.';
COMMENT ON COLUMN sensor_states.value IS 'The value, in the unit of its metric.';

REVOKE ALL ON device_states, sensor_states FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON device_states, sensor_states TO srepok_ingest;
GRANT SELECT ON device_states, sensor_states TO srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Intake

-- The intake's own books: what could not be accepted, and how much came in.

CREATE TABLE dead_letters (
    dead_letter_id bigint GENERATED ALWAYS AS IDENTITY,
    digest bytea NOT NULL,
    topic text NOT NULL,
    payload bytea NOT NULL,
    content_type text,
    qos smallint NOT NULL,
    retain boolean NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    device_code text,
    first_received_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    occurrences bigint NOT NULL DEFAULT 1,
    replayed_at timestamptz,
    replay_outcome text,
    adapter text,
    CONSTRAINT dead_letters_key PRIMARY KEY (dead_letter_id),
    CONSTRAINT dead_letters_digest_unique UNIQUE (digest),
    CONSTRAINT dead_letters_qos CHECK (qos BETWEEN 0 AND 2),
    CONSTRAINT dead_letters_occurrences CHECK (occurrences >= 1),
    CONSTRAINT dead_letters_order CHECK (last_received_at >= first_received_at)
);
CREATE INDEX dead_letters_last_received_at ON dead_letters (last_received_at);

COMMENT ON TABLE dead_letters IS
    'Messages, or single records of a message, that could not be accepted by ingest, or by an '
    'adapter of the gateway, each with its reason, until they are replayed or too old.';
COMMENT ON COLUMN dead_letters.dead_letter_id IS 'Number to name it by in commands.';
COMMENT ON COLUMN dead_letters.digest IS 'SHA-256 of what makes two letters the same letter.';
COMMENT ON COLUMN dead_letters.topic IS
    'Topic it came on; of a webhook, the words POST and the path it came to.';
COMMENT ON COLUMN dead_letters.payload IS 'Payload, byte for byte.';
COMMENT ON COLUMN dead_letters.content_type IS 'MQTT 5 content type; null: none was given.';
COMMENT ON COLUMN dead_letters.qos IS 'MQTT quality of service it came with.';
COMMENT ON COLUMN dead_letters.retain IS 'Whether it came as a retained message.';
COMMENT ON COLUMN dead_letters.reason IS 'Why, as a fixed word to count by.';
COMMENT ON COLUMN dead_letters.detail IS 'Why, as a sentence that names field and value.';
COMMENT ON COLUMN dead_letters.device_code IS 'Device in the topic; null: the topic has none.';
COMMENT ON COLUMN dead_letters.first_received_at IS 'When it came first; our clock.';
COMMENT ON COLUMN dead_letters.last_received_at IS 'When it came last; our clock.';
COMMENT ON COLUMN dead_letters.occurrences IS 'How often it came.';
COMMENT ON COLUMN dead_letters.replayed_at IS 'When it was last replayed; null: never.';
COMMENT ON COLUMN dead_letters.replay_outcome IS 'What the last replay made of it.';
COMMENT ON COLUMN dead_letters.adapter IS
    'The adapter that could not translate it; null: it came in the wire contract.';

CREATE TABLE ingest_minutes (
    minute timestamptz NOT NULL,
    worker text NOT NULL,
    messages bigint NOT NULL,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    rejected bigint NOT NULL,
    CONSTRAINT ingest_minutes_key PRIMARY KEY (minute, worker),
    CONSTRAINT ingest_minutes_whole CHECK (minute = date_trunc('minute', minute, 'UTC')),
    CONSTRAINT ingest_minutes_counts CHECK (
        messages >= 0 AND received >= 0 AND stored >= 0 AND duplicate >= 0 AND rejected >= 0
    )
) WITH (fillfactor = 50);

COMMENT ON TABLE ingest_minutes IS
    'What each worker received in each minute of arrival. A record is one row bound for a '
    'hypertable, or a dead letter; received = stored + duplicate + rejected.';
COMMENT ON COLUMN ingest_minutes.minute IS 'Start of the minute of arrival; our clock.';
COMMENT ON COLUMN ingest_minutes.worker IS 'Name of the ingest worker.';
COMMENT ON COLUMN ingest_minutes.messages IS 'MQTT messages.';
COMMENT ON COLUMN ingest_minutes.received IS 'Records.';
COMMENT ON COLUMN ingest_minutes.stored IS 'Records stored as new rows.';
COMMENT ON COLUMN ingest_minutes.duplicate IS 'Records that were stored already.';
COMMENT ON COLUMN ingest_minutes.rejected IS 'Records that became dead letters.';

CREATE TABLE ingest_queues (
    minute timestamptz NOT NULL,
    worker text NOT NULL,
    in_flight bigint NOT NULL,
    broker_messages bigint,
    broker_bytes bigint,
    broker_dropped bigint,
    CONSTRAINT ingest_queues_key PRIMARY KEY (minute, worker),
    CONSTRAINT ingest_queues_whole CHECK (minute = date_trunc('minute', minute, 'UTC')),
    CONSTRAINT ingest_queues_counts CHECK (
        in_flight >= 0 AND broker_messages >= 0 AND broker_bytes >= 0 AND broker_dropped >= 0
    )
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest_queues IS
    'What waited in each worker, and at its broker by the broker''s own count. Workers of one '
    'broker each write what it says: take the greatest of them, not the sum.';
COMMENT ON COLUMN ingest_queues.minute IS 'Start of the minute; our clock.';
COMMENT ON COLUMN ingest_queues.worker IS 'Name of the ingest worker.';
COMMENT ON COLUMN ingest_queues.in_flight IS
    'Messages that the worker had received and not committed: the most of that minute.';
COMMENT ON COLUMN ingest_queues.broker_messages IS
    'Messages that waited at the broker for whatever session, without those it retains: the most '
    'of that minute; null: it did not say.';
COMMENT ON COLUMN ingest_queues.broker_bytes IS
    'Payloads of all that the broker held, in bytes: the most of that minute; null: it did not say.';
COMMENT ON COLUMN ingest_queues.broker_dropped IS
    'Messages that the broker had thrown away since it started, at the end of that minute; null: it '
    'did not say.';

CREATE TABLE rollup_marks (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    relation text NOT NULL,
    bucket timestamptz NOT NULL,
    device_ids integer[] NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rollup_marks_key PRIMARY KEY (mark_id),
    CONSTRAINT rollup_marks_relation CHECK (
        relation IN (
            'link_reports', 'link_reports_1m', 'link_reports_1h',
            'sensor_readings', 'sensor_readings_1m', 'sensor_readings_1h'
        )
    )
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX rollup_marks_relation_mark_id ON rollup_marks (relation, mark_id);

COMMENT ON TABLE rollup_marks IS
    'Work for roll_up() on the Apache edition: rows of these devices changed in this '
    'bucket. Appended in the transaction that wrote the rows and only ever deleted, so that'
    ' writers and roller never wait for each other.';
COMMENT ON COLUMN rollup_marks.mark_id IS 'Order of marking.';
COMMENT ON COLUMN rollup_marks.relation IS 'Relation whose rows changed.';
COMMENT ON COLUMN rollup_marks.bucket IS
    'Start of the bucket of the next level that they fall into: a UTC minute for rows, an '
    'hour for minutes, a local day for hours.';
COMMENT ON COLUMN rollup_marks.device_ids IS 'The devices.';
COMMENT ON COLUMN rollup_marks.marked_at IS 'Start of the marking transaction.';

REVOKE ALL ON dead_letters, ingest_minutes, ingest_queues, rollup_marks FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON dead_letters, ingest_minutes, ingest_queues TO srepok_ingest;
GRANT INSERT, UPDATE (last_received_at, occurrences, replayed_at, replay_outcome)
    ON dead_letters TO srepok_gateway;
GRANT SELECT, INSERT ON rollup_marks TO srepok_ingest;
GRANT SELECT ON dead_letters, ingest_minutes, ingest_queues, rollup_marks
    TO srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Incidents

-- Incidents: what the rules decided, what people did about it, and who was told. The rules write
-- what they decided and people write what they did; neither touches the columns of the other, so
-- that neither can undo the other's work, in whatever order their writes arrive.

CREATE TABLE incidents (
    incident_id text NOT NULL,
    class text NOT NULL,
    severity text NOT NULL,
    status text NOT NULL,
    root text[] NOT NULL,
    root_kind text NOT NULL,
    onset_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    ended_at timestamptz,
    cleared_at timestamptz,
    planned boolean NOT NULL,
    notified boolean NOT NULL,
    flapping boolean NOT NULL,
    merged_into text,
    reason text NOT NULL,
    rule text NOT NULL DEFAULT '',
    labels jsonb NOT NULL DEFAULT '{}',
    value double precision,
    summary jsonb NOT NULL DEFAULT '{}',
    description jsonb NOT NULL DEFAULT '{}',
    villages integer NOT NULL,
    links integer NOT NULL,
    households integer NOT NULL,
    communes text[] NOT NULL,
    operators text[] NOT NULL,
    revision integer NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    acknowledged_until timestamptz,
    assigned_to text,
    escalation integer NOT NULL DEFAULT 0,
    escalated_at timestamptz,
    closed_at timestamptz,
    closed_by text,
    CONSTRAINT incidents_key PRIMARY KEY (incident_id),
    CONSTRAINT incidents_class CHECK (
        class IN ('outage', 'degradation', 'pipeline', 'device', 'sensor', 'rule')
    ),
    CONSTRAINT incidents_severity CHECK (
        severity IN ('critical', 'major', 'minor', 'warning', 'indeterminate')
    ),
    CONSTRAINT incidents_status CHECK (status IN ('open', 'cleared')),
    CONSTRAINT incidents_cleared CHECK (
        (status = 'cleared') = (cleared_at IS NOT NULL)
        AND (cleared_at IS NULL) = (ended_at IS NULL)
    ),
    CONSTRAINT incidents_order CHECK (opened_at <= changed_at),
    CONSTRAINT incidents_counts CHECK (
        villages >= 0 AND links >= 0 AND households >= 0 AND escalation >= 0 AND revision >= 1
    ),
    CONSTRAINT incidents_words CHECK (
        jsonb_typeof(labels) = 'object' AND jsonb_typeof(summary) = 'object'
        AND jsonb_typeof(description) = 'object'
    ),
    CONSTRAINT incidents_acknowledged CHECK (
        (acknowledged_at IS NULL) = (acknowledged_by IS NULL)
        AND (acknowledged_until IS NULL OR acknowledged_until > acknowledged_at)
    ),
    CONSTRAINT incidents_escalated CHECK ((escalation > 0) = (escalated_at IS NOT NULL)),
    CONSTRAINT incidents_closed CHECK ((closed_at IS NULL) = (closed_by IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX incidents_open ON incidents (onset_at) WHERE status = 'open';
CREATE INDEX incidents_onset_at ON incidents (onset_at);
CREATE INDEX incidents_opened_at ON incidents (opened_at);
CREATE INDEX incidents_cleared_at ON incidents (cleared_at);

COMMENT ON TABLE incidents IS
    'One row an incident, at its newest step. Columns from acknowledged_at on are people''s; '
    'the others are written by the rules alone.';
COMMENT ON COLUMN incidents.incident_id IS 'Its name, unique for ever.';
COMMENT ON COLUMN incidents.class IS
    'outage, degradation, pipeline, device, sensor, or rule: an alert of the rulebook.';
COMMENT ON COLUMN incidents.severity IS
    'By impact: critical, major, minor, warning or indeterminate (X.733''s words).';
COMMENT ON COLUMN incidents.status IS 'open or cleared.';
COMMENT ON COLUMN incidents.root IS
    'Codes taken for the cause; several where no evidence tells them apart.';
COMMENT ON COLUMN incidents.root_kind IS
    'Kind of the cause: a node''s, or link, village, operator, device or pipeline.';
COMMENT ON COLUMN incidents.onset_at IS 'When it began, as far as evidence tells.';
COMMENT ON COLUMN incidents.opened_at IS 'When that was decided.';
COMMENT ON COLUMN incidents.changed_at IS 'When the newest step was decided.';
COMMENT ON COLUMN incidents.ended_at IS 'When it ended; null: it goes on.';
COMMENT ON COLUMN incidents.cleared_at IS 'When that was decided; null: it goes on.';
COMMENT ON COLUMN incidents.planned IS 'Whether it lies inside an announced window.';
COMMENT ON COLUMN incidents.notified IS 'Whether people are told of it.';
COMMENT ON COLUMN incidents.flapping IS 'Whether it ended and began again of late.';
COMMENT ON COLUMN incidents.merged_into IS
    'Incident of which it turned out to be a part; null: none.';
COMMENT ON COLUMN incidents.reason IS 'Name of the decision behind the newest step.';
COMMENT ON COLUMN incidents.rule IS
    'Rule of the rulebook, as group/rule; empty: the engine''s own.';
COMMENT ON COLUMN incidents.labels IS 'Labels of the rulebook''s alert, name to value.';
COMMENT ON COLUMN incidents.value IS
    'Value that the alert is about, in the unit of its metric; null: none.';
COMMENT ON COLUMN incidents.summary IS 'One line for people, by language: en, vi.';
COMMENT ON COLUMN incidents.description IS 'What to do about it, by language: en, vi.';
COMMENT ON COLUMN incidents.villages IS 'Villages that it impairs or impaired.';
COMMENT ON COLUMN incidents.links IS 'Links that it takes or took down.';
COMMENT ON COLUMN incidents.households IS
    'Households without service by it; of an ended one, those it had cut off.';
COMMENT ON COLUMN incidents.communes IS 'Codes of the communes that it touches, sorted.';
COMMENT ON COLUMN incidents.operators IS 'Codes of the operators that it touches, sorted.';
COMMENT ON COLUMN incidents.revision IS
    'Counts its steps, from 1; an older step never replaces a newer one.';
COMMENT ON COLUMN incidents.acknowledged_at IS
    'When a person took it on; null: nobody did.';
COMMENT ON COLUMN incidents.acknowledged_by IS 'Who did.';
COMMENT ON COLUMN incidents.acknowledged_until IS
    'From when it counts as not acknowledged again; null: never.';
COMMENT ON COLUMN incidents.assigned_to IS 'Who works on it; null: nobody.';
COMMENT ON COLUMN incidents.escalation IS 'How often it was escalated.';
COMMENT ON COLUMN incidents.escalated_at IS 'When last; null: never.';
COMMENT ON COLUMN incidents.closed_at IS
    'When a person said that nothing is left to be done; older than cleared_at: it began again '
    'since. Null: nobody did.';
COMMENT ON COLUMN incidents.closed_by IS 'Who did.';

CREATE TABLE incident_villages (
    incident_id text NOT NULL,
    village_code text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    state text NOT NULL,
    households integer NOT NULL,
    share double precision NOT NULL,
    share_since timestamptz,
    spent double precision NOT NULL DEFAULT 0,
    CONSTRAINT incident_villages_key PRIMARY KEY (incident_id, village_code),
    CONSTRAINT incident_villages_incident FOREIGN KEY (incident_id)
        REFERENCES incidents (incident_id) ON DELETE CASCADE,
    CONSTRAINT incident_villages_state CHECK (state IN ('degraded', 'dark', 'maintenance')),
    CONSTRAINT incident_villages_order CHECK (until >= since),
    CONSTRAINT incident_villages_households CHECK (households >= 0),
    CONSTRAINT incident_villages_share CHECK (share BETWEEN 0 AND 1),
    CONSTRAINT incident_villages_spent CHECK (spent >= 0)
);
CREATE INDEX incident_villages_village_code ON incident_villages (village_code, since);

COMMENT ON TABLE incident_villages IS 'What an incident does to a village, at its newest step.';
COMMENT ON COLUMN incident_villages.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_villages.village_code IS 'The village.';
COMMENT ON COLUMN incident_villages.since IS 'From when on it impairs the village.';
COMMENT ON COLUMN incident_villages.until IS 'Until when; null: it lasts.';
COMMENT ON COLUMN incident_villages.state IS
    'dark or degraded by this incident alone; maintenance inside an announced window.';
COMMENT ON COLUMN incident_villages.households IS 'Households of the village.';
COMMENT ON COLUMN incident_villages.share IS
    'Share of them without service by this incident, 0 to 1.';
COMMENT ON COLUMN incident_villages.share_since IS
    'From when on the share was so; null: since it impairs the village.';
COMMENT ON COLUMN incident_villages.spent IS 'Household-seconds that it had cost before that.';

CREATE TABLE incident_links (
    incident_id text NOT NULL,
    link_code text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    CONSTRAINT incident_links_key PRIMARY KEY (incident_id, link_code),
    CONSTRAINT incident_links_incident FOREIGN KEY (incident_id)
        REFERENCES incidents (incident_id) ON DELETE CASCADE,
    CONSTRAINT incident_links_order CHECK (until >= since)
);
CREATE INDEX incident_links_link_code ON incident_links (link_code, since);

COMMENT ON TABLE incident_links IS 'Links that an incident takes down, at its newest step.';
COMMENT ON COLUMN incident_links.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_links.link_code IS 'The link.';
COMMENT ON COLUMN incident_links.since IS 'From when on it is down by it.';
COMMENT ON COLUMN incident_links.until IS 'Until when; null: it lasts.';

CREATE TABLE incident_entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    entry_key text NOT NULL,
    incident_id text,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT incident_entries_key PRIMARY KEY (entry_id),
    CONSTRAINT incident_entries_entry_key_unique UNIQUE (entry_key),
    CONSTRAINT incident_entries_words CHECK (kind <> '' AND actor <> ''),
    CONSTRAINT incident_entries_detail CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX incident_entries_incident_id ON incident_entries (incident_id, at);
CREATE INDEX incident_entries_at ON incident_entries (at);

-- No foreign key to incidents: what was withheld speaks of incidents before they are stored, and
-- the audit outlives what it is about.
COMMENT ON TABLE incident_entries IS
    'Timeline and audit: what was decided, what was withheld and why, who did what. Rows are '
    'only ever appended.';
COMMENT ON COLUMN incident_entries.entry_id IS 'Order of writing.';
COMMENT ON COLUMN incident_entries.entry_key IS
    'What makes two entries the same entry: a step that is written twice stands here once.';
COMMENT ON COLUMN incident_entries.incident_id IS 'The incident; null: none in particular.';
COMMENT ON COLUMN incident_entries.at IS 'When it was decided or done.';
COMMENT ON COLUMN incident_entries.kind IS 'What it is, as a fixed word to count by.';
COMMENT ON COLUMN incident_entries.actor IS 'Who: a person, or a service by its name.';
COMMENT ON COLUMN incident_entries.reason IS
    'Why, by the decision''s name, or in the words of the person; empty: nobody said.';
COMMENT ON COLUMN incident_entries.detail IS 'What else belongs to it, name to value.';

CREATE TABLE maintenance_windows (
    window_id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    scope_kind text NOT NULL,
    scope_code text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    recurrence text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text,
    comment text NOT NULL DEFAULT '',
    CONSTRAINT maintenance_windows_key PRIMARY KEY (window_id),
    CONSTRAINT maintenance_windows_scope CHECK (
        scope_kind IN ('node', 'link', 'village', 'commune', 'operator')
    ),
    CONSTRAINT maintenance_windows_order CHECK (starts_at < ends_at),
    CONSTRAINT maintenance_windows_cancelled CHECK (
        (cancelled_at IS NULL) = (cancelled_by IS NULL)
    )
);
CREATE INDEX maintenance_windows_ends_at ON maintenance_windows (ends_at)
    WHERE cancelled_at IS NULL;

COMMENT ON TABLE maintenance_windows IS
    'Announced work. One that was created after it began removes no downtime from the books.';
COMMENT ON COLUMN maintenance_windows.window_id IS 'Number to name it by in commands.';
COMMENT ON COLUMN maintenance_windows.name IS 'Name for people.';
COMMENT ON COLUMN maintenance_windows.scope_kind IS
    'node, link, village, commune or operator.';
COMMENT ON COLUMN maintenance_windows.scope_code IS
    'Code of what is worked on; what depends on it is in the window too.';
COMMENT ON COLUMN maintenance_windows.starts_at IS 'Start; of a recurring one, of the first.';
COMMENT ON COLUMN maintenance_windows.ends_at IS 'End; of a recurring one, of the first.';
COMMENT ON COLUMN maintenance_windows.recurrence IS
    'RRULE of RFC 5545, without the word, in Asia/Ho_Chi_Minh; null: it happens once.';
COMMENT ON COLUMN maintenance_windows.created_at IS 'When it was announced.';
COMMENT ON COLUMN maintenance_windows.created_by IS 'Who announced it.';
COMMENT ON COLUMN maintenance_windows.cancelled_at IS
    'From when on it no longer holds; null: it was not cancelled.';
COMMENT ON COLUMN maintenance_windows.cancelled_by IS 'Who cancelled it.';
COMMENT ON COLUMN maintenance_windows.comment IS 'What is done, in the person''s words.';

CREATE TABLE mutes (
    mute_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    matchers jsonb NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    comment text NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text,
    CONSTRAINT mutes_key PRIMARY KEY (mute_id),
    CONSTRAINT mutes_kind CHECK (kind IN ('silence', 'shelf')),
    CONSTRAINT mutes_matchers CHECK (
        jsonb_typeof(matchers) = 'array' AND jsonb_array_length(matchers) > 0
    ),
    CONSTRAINT mutes_order CHECK (starts_at < ends_at),
    CONSTRAINT mutes_cancelled CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL))
);
CREATE INDEX mutes_ends_at ON mutes (ends_at) WHERE cancelled_at IS NULL;

COMMENT ON TABLE mutes IS
    'What people do not want to be told for a time; it is detected and kept all the same.';
COMMENT ON COLUMN mutes.mute_id IS 'Number to name it by in commands.';
COMMENT ON COLUMN mutes.kind IS 'silence, or shelf: of one incident or one root.';
COMMENT ON COLUMN mutes.matchers IS
    'Array of {"name", "operator", "value"}, all of which must match; operators are =, !=, =~ '
    'and !~.';
COMMENT ON COLUMN mutes.starts_at IS 'From when on it holds.';
COMMENT ON COLUMN mutes.ends_at IS 'Until when; what is open then is told.';
COMMENT ON COLUMN mutes.created_at IS 'When it was made.';
COMMENT ON COLUMN mutes.created_by IS 'Who made it.';
COMMENT ON COLUMN mutes.comment IS 'Why, in the person''s words.';
COMMENT ON COLUMN mutes.cancelled_at IS
    'From when on it no longer holds; null: it was not cancelled.';
COMMENT ON COLUMN mutes.cancelled_by IS 'Who cancelled it.';

CREATE TABLE notifications (
    notification_key text NOT NULL,
    incident_ids text[] NOT NULL,
    receiver text NOT NULL,
    action text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    error text NOT NULL DEFAULT '',
    CONSTRAINT notifications_key PRIMARY KEY (notification_key),
    CONSTRAINT notifications_state CHECK (state IN ('sent', 'failed', 'withheld')),
    CONSTRAINT notifications_attempts CHECK (attempts >= 0),
    CONSTRAINT notifications_order CHECK (first_at <= last_at)
) WITH (fillfactor = 70);
CREATE INDEX notifications_incident_ids ON notifications USING gin (incident_ids);
CREATE INDEX notifications_last_at ON notifications (last_at);

COMMENT ON TABLE notifications IS 'What was told to whom, or why it was not.';
COMMENT ON COLUMN notifications.notification_key IS
    'What makes two notices the same notice, however often it is tried.';
COMMENT ON COLUMN notifications.incident_ids IS 'Incidents that it speaks of.';
COMMENT ON COLUMN notifications.receiver IS 'Receiver, by its name in the routes.';
COMMENT ON COLUMN notifications.action IS 'What it tells, as a fixed word to count by.';
COMMENT ON COLUMN notifications.state IS
    'sent; failed: by now or for good; withheld: on purpose.';
COMMENT ON COLUMN notifications.attempts IS 'How often it was tried.';
COMMENT ON COLUMN notifications.first_at IS 'When it was first tried or withheld.';
COMMENT ON COLUMN notifications.last_at IS 'When last.';
COMMENT ON COLUMN notifications.error IS
    'Why it failed or was withheld; empty: it did not and was not.';

REVOKE ALL ON
    incidents, incident_villages, incident_links, incident_entries, maintenance_windows, mutes,
    notifications
    FROM PUBLIC;
GRANT SELECT ON
    incidents, incident_villages, incident_links, incident_entries, maintenance_windows, mutes,
    notifications
    TO srepok_rules, srepok_gateway, srepok_grafana;
GRANT INSERT, UPDATE ON incidents, maintenance_windows, mutes, notifications TO srepok_rules;
-- What an incident turns out not to impair is taken out of its impacts.
GRANT INSERT, UPDATE, DELETE ON incident_villages, incident_links TO srepok_rules;
GRANT INSERT ON incident_entries TO srepok_rules, srepok_gateway;
-- People, through the gateway: their own columns and nothing that the rules decided.
GRANT UPDATE (
    acknowledged_at, acknowledged_by, acknowledged_until, assigned_to, escalation, escalated_at,
    closed_at, closed_by
) ON incidents TO srepok_gateway;
GRANT INSERT, UPDATE (cancelled_at, cancelled_by) ON maintenance_windows, mutes TO srepok_gateway;

CREATE FUNCTION household_seconds(impact incident_villages, as_of timestamptz)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT impact.spent + impact.households * impact.share * greatest(0, extract(
        epoch FROM coalesce(impact.until, as_of) - coalesce(impact.share_since, impact.since)
    ))
$$;
COMMENT ON FUNCTION household_seconds IS
    'What an incident has cost a village up to a moment, or to its end: households without service '
    'times seconds.';
REVOKE ALL ON FUNCTION household_seconds(incident_villages, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION household_seconds(incident_villages, timestamptz)
    TO srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Spells

-- Spells: how long what was in which state. Half-open, [since, until), and of one village or link
-- they never overlap. A decision holds from its `since` on, whatever was said of that time before,
-- and the later decision wins: so the rows do not depend on the order in which they were written.

CREATE TABLE village_spells (
    village_code text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    state text NOT NULL,
    reason text NOT NULL,
    incident_id text,
    decided_at timestamptz NOT NULL,
    step integer NOT NULL DEFAULT 0,
    CONSTRAINT village_spells_key PRIMARY KEY (village_code, since),
    CONSTRAINT village_spells_state CHECK (
        state IN ('served', 'degraded', 'dark', 'unknown', 'maintenance')
    ),
    CONSTRAINT village_spells_order CHECK (until > since),
    CONSTRAINT village_spells_step CHECK (step >= 0)
) WITH (fillfactor = 70);
-- The present, and the proof that each village has but one.
CREATE UNIQUE INDEX village_spells_present ON village_spells (village_code)
    INCLUDE (state, since) WHERE until IS NULL;
CREATE INDEX village_spells_since ON village_spells (since);
CREATE INDEX village_spells_until ON village_spells (until);

COMMENT ON TABLE village_spells IS
    'States of villages through time, served included. Before its first spell, and outside of '
    'watch_spells, a village''s state is not known.';
COMMENT ON COLUMN village_spells.village_code IS 'The village.';
COMMENT ON COLUMN village_spells.since IS 'From when on it was in that state.';
COMMENT ON COLUMN village_spells.until IS 'Until when, exclusive; null: it is.';
COMMENT ON COLUMN village_spells.state IS
    'served, degraded, dark, unknown or maintenance.';
COMMENT ON COLUMN village_spells.reason IS 'Name of the decision.';
COMMENT ON COLUMN village_spells.incident_id IS 'Incident that is the cause; null: none.';
COMMENT ON COLUMN village_spells.decided_at IS 'When that was decided.';
COMMENT ON COLUMN village_spells.step IS 'Order among what was decided at that instant.';

CREATE TABLE link_spells (
    link_code text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    state text NOT NULL,
    reason text NOT NULL,
    incident_id text,
    decided_at timestamptz NOT NULL,
    step integer NOT NULL DEFAULT 0,
    CONSTRAINT link_spells_key PRIMARY KEY (link_code, since),
    CONSTRAINT link_spells_state CHECK (
        state IN (
            'unknown', 'up', 'suspect', 'down', 'degraded', 'recovering', 'device-silent',
            'stale', 'maintenance'
        )
    ),
    CONSTRAINT link_spells_order CHECK (until > since),
    CONSTRAINT link_spells_step CHECK (step >= 0)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX link_spells_present ON link_spells (link_code)
    INCLUDE (state, since) WHERE until IS NULL;
CREATE INDEX link_spells_since ON link_spells (since);
CREATE INDEX link_spells_until ON link_spells (until);

COMMENT ON TABLE link_spells IS
    'States of links through time, steps on the way left out.';
COMMENT ON COLUMN link_spells.link_code IS 'The link.';
COMMENT ON COLUMN link_spells.since IS 'From when on it was in that state.';
COMMENT ON COLUMN link_spells.until IS 'Until when, exclusive; null: it is.';
COMMENT ON COLUMN link_spells.state IS
    'unknown, up, down, degraded, stale or maintenance; suspect, recovering and device-silent are '
    'steps on the way.';
COMMENT ON COLUMN link_spells.reason IS 'Name of the decision.';
COMMENT ON COLUMN link_spells.incident_id IS 'Incident that is the cause; null: none.';
COMMENT ON COLUMN link_spells.decided_at IS 'When that was decided.';
COMMENT ON COLUMN link_spells.step IS 'Order among what was decided at that instant.';

CREATE TABLE watch_spells (
    watcher text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    seen_at timestamptz NOT NULL,
    CONSTRAINT watch_spells_key PRIMARY KEY (watcher, since),
    CONSTRAINT watch_spells_order CHECK (until >= since AND seen_at >= since)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX watch_spells_present ON watch_spells (watcher) WHERE until IS NULL;
CREATE INDEX watch_spells_until ON watch_spells (until);

COMMENT ON TABLE watch_spells IS
    'When the rules were watching and could see; outside of all of these nothing is known.';
COMMENT ON COLUMN watch_spells.watcher IS 'Who watched: the name of a rules service.';
COMMENT ON COLUMN watch_spells.since IS 'From when on.';
COMMENT ON COLUMN watch_spells.until IS
    'Until when, exclusive; null: it watches, or ended without a word after seen_at.';
COMMENT ON COLUMN watch_spells.seen_at IS
    'Newest time of which it is known that it watched; the end of one that ended without a word.';

REVOKE ALL ON village_spells, link_spells, watch_spells FROM PUBLIC;
GRANT SELECT ON village_spells, link_spells, watch_spells
    TO srepok_rules, srepok_gateway, srepok_grafana;
-- A later decision about an earlier time takes the place of what was said of it.
GRANT INSERT, UPDATE, DELETE ON village_spells, link_spells TO srepok_rules;
GRANT INSERT, UPDATE ON watch_spells TO srepok_rules;


-- ==================== Books

-- Books: for how long each village and link was without service on each local day, and why.
-- Three books side by side: gross is all of it; net leaves agreed maintenance out; network-only
-- leaves the customers' failed mains out too. What was booked stays: a row is rewritten until its
-- day has been over for 72 hours, and from then on only corrected by a row of a higher revision.

CREATE TABLE village_days (
    day date NOT NULL,
    village_code text NOT NULL,
    revision smallint NOT NULL,
    status text NOT NULL,
    households integer NOT NULL,
    served_seconds integer NOT NULL,
    degraded_seconds integer NOT NULL,
    down_seconds integer NOT NULL,
    unknown_seconds integer NOT NULL,
    maintenance_seconds integer NOT NULL,
    mains_seconds integer NOT NULL,
    battery_seconds integer NOT NULL,
    backhaul_seconds integer NOT NULL,
    radio_seconds integer NOT NULL,
    access_seconds integer NOT NULL,
    core_seconds integer NOT NULL,
    unexplained_seconds integer NOT NULL,
    sustained smallint NOT NULL,
    momentary smallint NOT NULL,
    sustained_net smallint NOT NULL,
    momentary_net smallint NOT NULL,
    sustained_network smallint NOT NULL,
    momentary_network smallint NOT NULL,
    built_at timestamptz NOT NULL,
    CONSTRAINT village_days_key PRIMARY KEY (day, village_code, revision),
    CONSTRAINT village_days_status CHECK (status IN ('provisional', 'final', 'correction')),
    CONSTRAINT village_days_revision CHECK ((revision > 0) = (status = 'correction')),
    CONSTRAINT village_days_day CHECK (
        served_seconds + degraded_seconds + down_seconds + unknown_seconds BETWEEN 0 AND 86400
    ),
    CONSTRAINT village_days_causes CHECK (
        down_seconds = maintenance_seconds + mains_seconds + battery_seconds + backhaul_seconds
            + radio_seconds + access_seconds + core_seconds + unexplained_seconds
    ),
    CONSTRAINT village_days_counts CHECK (
        households >= 0 AND least(
            served_seconds, degraded_seconds, down_seconds, unknown_seconds,
            maintenance_seconds, mains_seconds, battery_seconds, backhaul_seconds,
            radio_seconds, access_seconds, core_seconds, unexplained_seconds,
            sustained, momentary, sustained_net, momentary_net,
            sustained_network, momentary_network
        ) >= 0
    )
) WITH (fillfactor = 70);
CREATE INDEX village_days_village_code ON village_days (village_code, day);
CREATE INDEX village_days_corrections ON village_days (day, village_code) WHERE revision > 0;
CREATE INDEX village_days_provisional ON village_days (day) WHERE status = 'provisional';
COMMENT ON TABLE village_days IS
    'What the books say of a village and a local day. Kept for ever; of a final day, what is '
    'learnt later is appended as a correction.';
COMMENT ON COLUMN village_days.day IS 'Local day, from midnight to midnight in Asia/Ho_Chi_Minh.';
COMMENT ON COLUMN village_days.village_code IS 'The village.';
COMMENT ON COLUMN village_days.revision IS
    '0: as first kept; higher: corrections of what was final already.';
COMMENT ON COLUMN village_days.status IS
    'provisional: rewritten as news comes; final: for ever; correction: of a final row, for '
    'ever.';
COMMENT ON COLUMN village_days.households IS 'Households of the village when the day was kept.';
COMMENT ON COLUMN village_days.served_seconds IS 'Seconds with service, none of it bad.';
COMMENT ON COLUMN village_days.degraded_seconds IS
    'Seconds with service that was worse than it should be; they count as available.';
COMMENT ON COLUMN village_days.down_seconds IS
    'Seconds without service, whatever the cause: the gross book.';
COMMENT ON COLUMN village_days.unknown_seconds IS
    'Seconds of which nothing is known: nobody watched, or nobody could see.';
COMMENT ON COLUMN village_days.maintenance_seconds IS
    'Of the seconds down, those in agreed maintenance.';
COMMENT ON COLUMN village_days.mains_seconds IS
    'Of the other seconds down, those in which the customers'' own mains had failed.';
COMMENT ON COLUMN village_days.battery_seconds IS
    'Those in which the network''s power had failed and its batteries were empty.';
COMMENT ON COLUMN village_days.backhaul_seconds IS 'Those by an aggregation node.';
COMMENT ON COLUMN village_days.radio_seconds IS 'Those by a mobile site, a cell or a mobile link.';
COMMENT ON COLUMN village_days.access_seconds IS
    'Those by an optical terminal, a card, a splitter or a fixed link.';
COMMENT ON COLUMN village_days.core_seconds IS
    'Those by an operator''s core, or by an operator as a whole.';
COMMENT ON COLUMN village_days.unexplained_seconds IS 'Those of no known cause.';
COMMENT ON COLUMN village_days.sustained IS
    'Outages of more than 5 minutes that began on this day.';
COMMENT ON COLUMN village_days.momentary IS 'Outages of 1 to 5 minutes that began on this day.';
COMMENT ON COLUMN village_days.sustained_net IS
    'The same as sustained, agreed maintenance taken off each outage''s length.';
COMMENT ON COLUMN village_days.momentary_net IS
    'The same as momentary, agreed maintenance taken off.';
COMMENT ON COLUMN village_days.sustained_network IS
    'The same as sustained, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN village_days.momentary_network IS
    'The same as momentary, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN village_days.built_at IS
    'When it was computed; of a day that is not over, up to when.';

CREATE VIEW village_books AS
SELECT
    days.day,
    days.village_code,
    days.revision,
    days.status,
    days.households,
    days.served_seconds,
    days.degraded_seconds,
    days.down_seconds,
    days.unknown_seconds,
    days.maintenance_seconds,
    days.mains_seconds,
    days.battery_seconds,
    days.backhaul_seconds,
    days.radio_seconds,
    days.access_seconds,
    days.core_seconds,
    days.unexplained_seconds,
    days.sustained,
    days.momentary,
    days.sustained_net,
    days.momentary_net,
    days.sustained_network,
    days.momentary_network,
    days.built_at
FROM village_days AS days
WHERE NOT EXISTS (
    SELECT FROM village_days AS newer
    WHERE newer.day = days.day AND newer.village_code = days.village_code
        AND newer.revision > days.revision AND newer.revision > 0
);
COMMENT ON VIEW village_books IS 'village_days, each day at its newest revision.';
COMMENT ON COLUMN village_books.day IS 'Local day, from midnight to midnight in Asia/Ho_Chi_Minh.';
COMMENT ON COLUMN village_books.village_code IS 'The village.';
COMMENT ON COLUMN village_books.revision IS
    '0: as first kept; higher: corrections of what was final already.';
COMMENT ON COLUMN village_books.status IS
    'provisional: rewritten as news comes; final: for ever; correction: of a final row, for '
    'ever.';
COMMENT ON COLUMN village_books.households IS 'Households of the village when the day was kept.';
COMMENT ON COLUMN village_books.served_seconds IS 'Seconds with service, none of it bad.';
COMMENT ON COLUMN village_books.degraded_seconds IS
    'Seconds with service that was worse than it should be; they count as available.';
COMMENT ON COLUMN village_books.down_seconds IS
    'Seconds without service, whatever the cause: the gross book.';
COMMENT ON COLUMN village_books.unknown_seconds IS
    'Seconds of which nothing is known: nobody watched, or nobody could see.';
COMMENT ON COLUMN village_books.maintenance_seconds IS
    'Of the seconds down, those in agreed maintenance.';
COMMENT ON COLUMN village_books.mains_seconds IS
    'Of the other seconds down, those in which the customers'' own mains had failed.';
COMMENT ON COLUMN village_books.battery_seconds IS
    'Those in which the network''s power had failed and its batteries were empty.';
COMMENT ON COLUMN village_books.backhaul_seconds IS 'Those by an aggregation node.';
COMMENT ON COLUMN village_books.radio_seconds IS 'Those by a mobile site, a cell or a mobile link.';
COMMENT ON COLUMN village_books.access_seconds IS
    'Those by an optical terminal, a card, a splitter or a fixed link.';
COMMENT ON COLUMN village_books.core_seconds IS
    'Those by an operator''s core, or by an operator as a whole.';
COMMENT ON COLUMN village_books.unexplained_seconds IS 'Those of no known cause.';
COMMENT ON COLUMN village_books.sustained IS
    'Outages of more than 5 minutes that began on this day.';
COMMENT ON COLUMN village_books.momentary IS 'Outages of 1 to 5 minutes that began on this day.';
COMMENT ON COLUMN village_books.sustained_net IS
    'The same as sustained, agreed maintenance taken off each outage''s length.';
COMMENT ON COLUMN village_books.momentary_net IS
    'The same as momentary, agreed maintenance taken off.';
COMMENT ON COLUMN village_books.sustained_network IS
    'The same as sustained, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN village_books.momentary_network IS
    'The same as momentary, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN village_books.built_at IS
    'When it was computed; of a day that is not over, up to when.';

CREATE TABLE link_days (
    day date NOT NULL,
    link_code text NOT NULL,
    revision smallint NOT NULL,
    status text NOT NULL,
    households integer NOT NULL,
    served_seconds integer NOT NULL,
    degraded_seconds integer NOT NULL,
    down_seconds integer NOT NULL,
    unknown_seconds integer NOT NULL,
    maintenance_seconds integer NOT NULL,
    mains_seconds integer NOT NULL,
    battery_seconds integer NOT NULL,
    backhaul_seconds integer NOT NULL,
    radio_seconds integer NOT NULL,
    access_seconds integer NOT NULL,
    core_seconds integer NOT NULL,
    unexplained_seconds integer NOT NULL,
    sustained smallint NOT NULL,
    momentary smallint NOT NULL,
    sustained_net smallint NOT NULL,
    momentary_net smallint NOT NULL,
    sustained_network smallint NOT NULL,
    momentary_network smallint NOT NULL,
    built_at timestamptz NOT NULL,
    CONSTRAINT link_days_key PRIMARY KEY (day, link_code, revision),
    CONSTRAINT link_days_status CHECK (status IN ('provisional', 'final', 'correction')),
    CONSTRAINT link_days_revision CHECK ((revision > 0) = (status = 'correction')),
    CONSTRAINT link_days_day CHECK (
        served_seconds + degraded_seconds + down_seconds + unknown_seconds BETWEEN 0 AND 86400
    ),
    CONSTRAINT link_days_causes CHECK (
        down_seconds = maintenance_seconds + mains_seconds + battery_seconds + backhaul_seconds
            + radio_seconds + access_seconds + core_seconds + unexplained_seconds
    ),
    CONSTRAINT link_days_counts CHECK (
        households >= 0 AND least(
            served_seconds, degraded_seconds, down_seconds, unknown_seconds,
            maintenance_seconds, mains_seconds, battery_seconds, backhaul_seconds,
            radio_seconds, access_seconds, core_seconds, unexplained_seconds,
            sustained, momentary, sustained_net, momentary_net,
            sustained_network, momentary_network
        ) >= 0
    )
) WITH (fillfactor = 70);
CREATE INDEX link_days_link_code ON link_days (link_code, day);
CREATE INDEX link_days_corrections ON link_days (day, link_code) WHERE revision > 0;
CREATE INDEX link_days_provisional ON link_days (day) WHERE status = 'provisional';
COMMENT ON TABLE link_days IS
    'What the books say of a link and a local day; figures of operators come from here. Kept '
    'for ever, and corrected like village_days.';
COMMENT ON COLUMN link_days.day IS 'Local day, from midnight to midnight in Asia/Ho_Chi_Minh.';
COMMENT ON COLUMN link_days.link_code IS 'The link.';
COMMENT ON COLUMN link_days.revision IS
    '0: as first kept; higher: corrections of what was final already.';
COMMENT ON COLUMN link_days.status IS
    'provisional: rewritten as news comes; final: for ever; correction: of a final row, for '
    'ever.';
COMMENT ON COLUMN link_days.households IS
    'Households that use the link when the day was kept; where the inventory does not say, '
    'the village''s, shared among its links.';
COMMENT ON COLUMN link_days.served_seconds IS 'Seconds with service, none of it bad.';
COMMENT ON COLUMN link_days.degraded_seconds IS
    'Seconds with service that was worse than it should be; they count as available.';
COMMENT ON COLUMN link_days.down_seconds IS
    'Seconds without service, whatever the cause: the gross book.';
COMMENT ON COLUMN link_days.unknown_seconds IS
    'Seconds of which nothing is known: nobody watched, or nobody could see.';
COMMENT ON COLUMN link_days.maintenance_seconds IS
    'Of the seconds down, those in agreed maintenance.';
COMMENT ON COLUMN link_days.mains_seconds IS
    'Of the other seconds down, those in which the customers'' own mains had failed.';
COMMENT ON COLUMN link_days.battery_seconds IS
    'Those in which the network''s power had failed and its batteries were empty.';
COMMENT ON COLUMN link_days.backhaul_seconds IS 'Those by an aggregation node.';
COMMENT ON COLUMN link_days.radio_seconds IS 'Those by a mobile site, a cell or a mobile link.';
COMMENT ON COLUMN link_days.access_seconds IS
    'Those by an optical terminal, a card, a splitter or a fixed link.';
COMMENT ON COLUMN link_days.core_seconds IS
    'Those by an operator''s core, or by an operator as a whole.';
COMMENT ON COLUMN link_days.unexplained_seconds IS 'Those of no known cause.';
COMMENT ON COLUMN link_days.sustained IS 'Outages of more than 5 minutes that began on this day.';
COMMENT ON COLUMN link_days.momentary IS 'Outages of 1 to 5 minutes that began on this day.';
COMMENT ON COLUMN link_days.sustained_net IS
    'The same as sustained, agreed maintenance taken off each outage''s length.';
COMMENT ON COLUMN link_days.momentary_net IS 'The same as momentary, agreed maintenance taken off.';
COMMENT ON COLUMN link_days.sustained_network IS
    'The same as sustained, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN link_days.momentary_network IS
    'The same as momentary, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN link_days.built_at IS
    'When it was computed; of a day that is not over, up to when.';

CREATE VIEW link_books AS
SELECT
    days.day,
    days.link_code,
    days.revision,
    days.status,
    days.households,
    days.served_seconds,
    days.degraded_seconds,
    days.down_seconds,
    days.unknown_seconds,
    days.maintenance_seconds,
    days.mains_seconds,
    days.battery_seconds,
    days.backhaul_seconds,
    days.radio_seconds,
    days.access_seconds,
    days.core_seconds,
    days.unexplained_seconds,
    days.sustained,
    days.momentary,
    days.sustained_net,
    days.momentary_net,
    days.sustained_network,
    days.momentary_network,
    days.built_at
FROM link_days AS days
WHERE NOT EXISTS (
    SELECT FROM link_days AS newer
    WHERE newer.day = days.day AND newer.link_code = days.link_code
        AND newer.revision > days.revision AND newer.revision > 0
);
COMMENT ON VIEW link_books IS 'link_days, each day at its newest revision.';
COMMENT ON COLUMN link_books.day IS 'Local day, from midnight to midnight in Asia/Ho_Chi_Minh.';
COMMENT ON COLUMN link_books.link_code IS 'The link.';
COMMENT ON COLUMN link_books.revision IS
    '0: as first kept; higher: corrections of what was final already.';
COMMENT ON COLUMN link_books.status IS
    'provisional: rewritten as news comes; final: for ever; correction: of a final row, for '
    'ever.';
COMMENT ON COLUMN link_books.households IS
    'Households that use the link when the day was kept; where the inventory does not say, '
    'the village''s, shared among its links.';
COMMENT ON COLUMN link_books.served_seconds IS 'Seconds with service, none of it bad.';
COMMENT ON COLUMN link_books.degraded_seconds IS
    'Seconds with service that was worse than it should be; they count as available.';
COMMENT ON COLUMN link_books.down_seconds IS
    'Seconds without service, whatever the cause: the gross book.';
COMMENT ON COLUMN link_books.unknown_seconds IS
    'Seconds of which nothing is known: nobody watched, or nobody could see.';
COMMENT ON COLUMN link_books.maintenance_seconds IS
    'Of the seconds down, those in agreed maintenance.';
COMMENT ON COLUMN link_books.mains_seconds IS
    'Of the other seconds down, those in which the customers'' own mains had failed.';
COMMENT ON COLUMN link_books.battery_seconds IS
    'Those in which the network''s power had failed and its batteries were empty.';
COMMENT ON COLUMN link_books.backhaul_seconds IS 'Those by an aggregation node.';
COMMENT ON COLUMN link_books.radio_seconds IS 'Those by a mobile site, a cell or a mobile link.';
COMMENT ON COLUMN link_books.access_seconds IS
    'Those by an optical terminal, a card, a splitter or a fixed link.';
COMMENT ON COLUMN link_books.core_seconds IS
    'Those by an operator''s core, or by an operator as a whole.';
COMMENT ON COLUMN link_books.unexplained_seconds IS 'Those of no known cause.';
COMMENT ON COLUMN link_books.sustained IS 'Outages of more than 5 minutes that began on this day.';
COMMENT ON COLUMN link_books.momentary IS 'Outages of 1 to 5 minutes that began on this day.';
COMMENT ON COLUMN link_books.sustained_net IS
    'The same as sustained, agreed maintenance taken off each outage''s length.';
COMMENT ON COLUMN link_books.momentary_net IS
    'The same as momentary, agreed maintenance taken off.';
COMMENT ON COLUMN link_books.sustained_network IS
    'The same as sustained, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN link_books.momentary_network IS
    'The same as momentary, agreed maintenance and failed mains taken off.';
COMMENT ON COLUMN link_books.built_at IS
    'When it was computed; of a day that is not over, up to when.';

CREATE TABLE book_revisions (
    revision_id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    subject text NOT NULL,
    code text NOT NULL,
    revision smallint NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    reason text NOT NULL,
    CONSTRAINT book_revisions_key PRIMARY KEY (revision_id),
    CONSTRAINT book_revisions_kind CHECK (kind IN ('provisional', 'final', 'correction')),
    CONSTRAINT book_revisions_subject CHECK (subject IN ('day', 'village', 'link')),
    CONSTRAINT book_revisions_changes CHECK (
        jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object'
    )
);
CREATE INDEX book_revisions_day ON book_revisions (day, subject, code);
COMMENT ON TABLE book_revisions IS
    'What was changed in the books of days that were over, and when days became final. Rows '
    'are only ever appended.';
COMMENT ON COLUMN book_revisions.revision_id IS 'Order of writing.';
COMMENT ON COLUMN book_revisions.at IS 'When it was changed.';
COMMENT ON COLUMN book_revisions.kind IS
    'provisional: a day that was over, and not final yet, was rewritten; final: a day became '
    'final; correction: a final day was corrected.';
COMMENT ON COLUMN book_revisions.day IS 'The local day.';
COMMENT ON COLUMN book_revisions.subject IS 'village, link, or day: all of them.';
COMMENT ON COLUMN book_revisions.code IS 'Code of the village or link; empty: of all.';
COMMENT ON COLUMN book_revisions.revision IS 'Revision of the row that says so now.';
COMMENT ON COLUMN book_revisions.before IS 'The columns that changed, as they were.';
COMMENT ON COLUMN book_revisions.after IS
    'The same columns as they are; of a day that became final, how many rows of what.';
COMMENT ON COLUMN book_revisions.reason IS 'Why: what came to be known.';

CREATE FUNCTION keep_final_days()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% of % is final: append a correction', TG_TABLE_NAME, OLD.day
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION keep_final_days IS
    'Refuses to change a row of the books that is final, whoever asks.';
REVOKE ALL ON FUNCTION keep_final_days() FROM PUBLIC;
CREATE TRIGGER village_days_final BEFORE UPDATE ON village_days
    FOR EACH ROW WHEN (OLD.status <> 'provisional') EXECUTE FUNCTION keep_final_days();
CREATE TRIGGER link_days_final BEFORE UPDATE ON link_days
    FOR EACH ROW WHEN (OLD.status <> 'provisional') EXECUTE FUNCTION keep_final_days();

REVOKE ALL ON village_days, link_days, village_books, link_books, book_revisions FROM PUBLIC;
GRANT SELECT ON village_days, link_days, village_books, link_books, book_revisions
    TO srepok_rules, srepok_gateway, srepok_grafana;
GRANT INSERT, UPDATE ON village_days, link_days TO srepok_rules;
GRANT INSERT ON book_revisions TO srepok_rules;


-- ==================== Marks of the books

-- What the books have to look at again. Whoever writes a spell, a correction of one or another
-- root of an incident need not think of the books: the database marks what it touches, in the same
-- transaction. Marks are appended and only ever deleted, so that nobody waits for anybody.

CREATE TABLE book_marks (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    village_code text,
    link_code text,
    since timestamptz NOT NULL,
    until timestamptz,
    reason text NOT NULL,
    CONSTRAINT book_marks_key PRIMARY KEY (mark_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE book_marks IS 'Work for the books: what was said of these times has changed.';
COMMENT ON COLUMN book_marks.mark_id IS 'Order of marking.';
COMMENT ON COLUMN book_marks.village_code IS 'The village; null: its link, or every village.';
COMMENT ON COLUMN book_marks.link_code IS 'The link; null: its village, or every village.';
COMMENT ON COLUMN book_marks.since IS 'From when on.';
COMMENT ON COLUMN book_marks.until IS 'Until when; null: up to now.';
COMMENT ON COLUMN book_marks.reason IS 'Why, for book_revisions.';

CREATE FUNCTION mark_village_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO book_marks (village_code, since, until, reason)
        VALUES (OLD.village_code, OLD.since, OLD.until, 'a spell changed: ' || OLD.state);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO book_marks (village_code, since, until, reason)
        VALUES (NEW.village_code, NEW.since, NEW.until, 'a spell became known: ' || NEW.state);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_village_spell IS
    'Marks the days of a village spell that was written, changed or taken away.';
REVOKE ALL ON FUNCTION mark_village_spell() FROM PUBLIC;
CREATE TRIGGER village_spells_marked AFTER INSERT OR DELETE ON village_spells
    FOR EACH ROW EXECUTE FUNCTION mark_village_spell();
CREATE TRIGGER village_spells_changed AFTER UPDATE ON village_spells
    FOR EACH ROW WHEN (
        (OLD.since, OLD.until, OLD.state, OLD.incident_id)
        IS DISTINCT FROM (NEW.since, NEW.until, NEW.state, NEW.incident_id)
    ) EXECUTE FUNCTION mark_village_spell();

CREATE FUNCTION mark_link_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO book_marks (link_code, since, until, reason)
        VALUES (OLD.link_code, OLD.since, OLD.until, 'a spell changed: ' || OLD.state);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO book_marks (link_code, since, until, reason)
        VALUES (NEW.link_code, NEW.since, NEW.until, 'a spell became known: ' || NEW.state);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_link_spell IS
    'Marks the days of a link spell that was written, changed or taken away.';
REVOKE ALL ON FUNCTION mark_link_spell() FROM PUBLIC;
CREATE TRIGGER link_spells_marked AFTER INSERT OR DELETE ON link_spells
    FOR EACH ROW EXECUTE FUNCTION mark_link_spell();
CREATE TRIGGER link_spells_changed AFTER UPDATE ON link_spells
    FOR EACH ROW WHEN (
        (OLD.since, OLD.until, OLD.state, OLD.incident_id)
        IS DISTINCT FROM (NEW.since, NEW.until, NEW.state, NEW.incident_id)
    ) EXECUTE FUNCTION mark_link_spell();

CREATE FUNCTION mark_watch_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO book_marks (since, until, reason)
    VALUES (
        CASE TG_OP WHEN 'INSERT' THEN NEW.since ELSE least(OLD.until, OLD.seen_at, NEW.until) END,
        greatest(NEW.until, NEW.seen_at, CASE TG_OP WHEN 'UPDATE' THEN OLD.until END),
        'it became known who watched'
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_watch_spell IS
    'Marks the time of a watch that was written or whose end changed. That it still watches is no '
    'news: the newest day is computed again all the time.';
REVOKE ALL ON FUNCTION mark_watch_spell() FROM PUBLIC;
CREATE TRIGGER watch_spells_marked AFTER INSERT ON watch_spells
    FOR EACH ROW EXECUTE FUNCTION mark_watch_spell();
CREATE TRIGGER watch_spells_changed AFTER UPDATE ON watch_spells
    FOR EACH ROW WHEN (OLD.until IS DISTINCT FROM NEW.until)
    EXECUTE FUNCTION mark_watch_spell();

CREATE FUNCTION mark_incident()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO book_marks (village_code, since, until, reason)
    SELECT village_code, since, until, 'incident ' || NEW.incident_id || ': root'
    FROM village_spells WHERE incident_id = NEW.incident_id;
    INSERT INTO book_marks (link_code, since, until, reason)
    SELECT link_code, since, until, 'incident ' || NEW.incident_id || ': root'
    FROM link_spells WHERE incident_id = NEW.incident_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_incident IS
    'Marks the spells of an incident whose root became known or another one.';
REVOKE ALL ON FUNCTION mark_incident() FROM PUBLIC;
CREATE TRIGGER incidents_marked AFTER INSERT ON incidents
    FOR EACH ROW EXECUTE FUNCTION mark_incident();
CREATE TRIGGER incidents_changed AFTER UPDATE ON incidents
    FOR EACH ROW WHEN (
        (OLD.root, OLD.root_kind, OLD.merged_into)
        IS DISTINCT FROM (NEW.root, NEW.root_kind, NEW.merged_into)
    ) EXECUTE FUNCTION mark_incident();
CREATE INDEX village_spells_incident_id ON village_spells (incident_id);
CREATE INDEX link_spells_incident_id ON link_spells (incident_id);

REVOKE ALL ON book_marks FROM PUBLIC;
GRANT SELECT ON book_marks TO srepok_rules, srepok_gateway, srepok_grafana;
GRANT DELETE ON book_marks TO srepok_rules;


-- ==================== Access

-- Who may come in through the gateway. Secrets are 256 random bits, so a plain SHA-256 of them is
-- all that is kept. The gateway's own login can make neither a token nor a key: whoever breaks into
-- the gateway cannot let others in behind it. Tokens and keys are made by the owner of the database.

CREATE TABLE api_tokens (
    token_id text NOT NULL,
    secret_hash bytea NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    grants text[] NOT NULL DEFAULT '{}',
    communes text[],
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    last_used_at timestamptz,
    CONSTRAINT api_tokens_key PRIMARY KEY (token_id),
    CONSTRAINT api_tokens_token_id CHECK (token_id ~ '^[a-z2-7]{10}$'),
    CONSTRAINT api_tokens_hash CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_tokens_words CHECK (name <> '' AND created_by <> ''),
    CONSTRAINT api_tokens_scope CHECK (scope IN ('narrow', 'viewer', 'operator', 'admin')),
    CONSTRAINT api_tokens_communes CHECK (cardinality(communes) > 0),
    CONSTRAINT api_tokens_order CHECK (expires_at > created_at),
    CONSTRAINT api_tokens_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
-- A name says in the timeline who did something: two that hold at a time would share it.
CREATE UNIQUE INDEX api_tokens_name ON api_tokens (name) WHERE revoked_at IS NULL;

COMMENT ON TABLE api_tokens IS 'Tokens for people and programs; revoked ones stay.';
COMMENT ON COLUMN api_tokens.token_id IS 'Its public part: srp_ID_SECRET.';
COMMENT ON COLUMN api_tokens.secret_hash IS 'SHA-256 of the secret''s text.';
COMMENT ON COLUMN api_tokens.name IS 'Who or what uses it; who did it, in timelines.';
COMMENT ON COLUMN api_tokens.scope IS
    'viewer, operator or admin, each with the rights of those before; narrow: grants only.';
COMMENT ON COLUMN api_tokens.grants IS
    'What it may do besides, such as adapter:chirpstack: post to that adapter.';
COMMENT ON COLUMN api_tokens.communes IS
    'Codes of the communes that exist for it; null: the whole province.';
COMMENT ON COLUMN api_tokens.created_at IS 'When it was made.';
COMMENT ON COLUMN api_tokens.created_by IS 'Who made it.';
COMMENT ON COLUMN api_tokens.expires_at IS 'From when on it no longer holds; null: never.';
COMMENT ON COLUMN api_tokens.revoked_at IS 'When it was revoked; null: it was not.';
COMMENT ON COLUMN api_tokens.revoked_by IS 'Who revoked it.';
COMMENT ON COLUMN api_tokens.last_used_at IS
    'Hour in which it was last used; null: it never was. Coarse on purpose.';

CREATE TABLE device_keys (
    key_id bigint GENERATED ALWAYS AS IDENTITY,
    device_code text NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CONSTRAINT device_keys_key PRIMARY KEY (key_id),
    CONSTRAINT device_keys_hash CHECK (octet_length(key_hash) = 32),
    CONSTRAINT device_keys_words CHECK (device_code <> '' AND created_by <> ''),
    CONSTRAINT device_keys_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX device_keys_device_code ON device_keys (device_code)
    WHERE revoked_at IS NULL;

COMMENT ON TABLE device_keys IS
    'Keys of devices; one holds for each at a time, those that were rotated or revoked stay.';
COMMENT ON COLUMN device_keys.key_id IS 'Order of making.';
COMMENT ON COLUMN device_keys.device_code IS 'The device.';
COMMENT ON COLUMN device_keys.key_hash IS 'SHA-256 of the key''s text.';
COMMENT ON COLUMN device_keys.created_at IS 'When it was made.';
COMMENT ON COLUMN device_keys.created_by IS 'Who made it.';
COMMENT ON COLUMN device_keys.revoked_at IS
    'When it was revoked, or another took its place; null: it holds.';
COMMENT ON COLUMN device_keys.revoked_by IS 'Who did that.';

CREATE TABLE page_sessions (
    session_hash bytea NOT NULL,
    token_id text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT page_sessions_key PRIMARY KEY (session_hash),
    CONSTRAINT page_sessions_hash CHECK (octet_length(session_hash) = 32),
    CONSTRAINT page_sessions_order CHECK (expires_at > created_at),
    CONSTRAINT page_sessions_token FOREIGN KEY (token_id) REFERENCES api_tokens (token_id)
);
CREATE INDEX page_sessions_token_id ON page_sessions (token_id);

COMMENT ON TABLE page_sessions IS
    'Logins of the live page. One that ended is deleted; it holds as long as its token does.';
COMMENT ON COLUMN page_sessions.session_hash IS 'SHA-256 of the text in the cookie.';
COMMENT ON COLUMN page_sessions.token_id IS 'The token that it was opened with.';
COMMENT ON COLUMN page_sessions.created_at IS 'When somebody logged in.';
COMMENT ON COLUMN page_sessions.expires_at IS 'From when on it no longer holds.';

CREATE TABLE access_entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT access_entries_key PRIMARY KEY (entry_id),
    CONSTRAINT access_entries_words CHECK (kind <> '' AND actor <> ''),
    CONSTRAINT access_entries_detail CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX access_entries_at ON access_entries (at);
CREATE INDEX access_entries_subject ON access_entries (subject, at);

COMMENT ON TABLE access_entries IS
    'Audit of access: tokens, keys and sessions made and ended, changes refused, guessing. What '
    'people do about incidents is in incident_entries. Rows are only ever appended.';
COMMENT ON COLUMN access_entries.entry_id IS 'Order of writing.';
COMMENT ON COLUMN access_entries.at IS 'When it happened.';
COMMENT ON COLUMN access_entries.kind IS 'What it is, as a fixed word to count by.';
COMMENT ON COLUMN access_entries.actor IS
    'Who: a person, a token by its name, or an address that gave no good one.';
COMMENT ON COLUMN access_entries.subject IS
    'What it is about: a token''s public part, a device''s code, or method and path.';
COMMENT ON COLUMN access_entries.detail IS 'What else belongs to it, name to value; no secret.';

-- The gateway remembers who may come in, and hears of each change at once.
CREATE FUNCTION announce_access()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('srepok_access', TG_TABLE_NAME);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION announce_access IS
    'Says on channel srepok_access which table of tokens, keys or sessions changed.';
REVOKE ALL ON FUNCTION announce_access() FROM PUBLIC;
-- Not at last_used_at: that changes what nobody decides by.
CREATE TRIGGER api_tokens_announced
    AFTER INSERT OR DELETE OR UPDATE OF
        secret_hash, name, scope, grants, communes, expires_at, revoked_at ON api_tokens
    FOR EACH STATEMENT EXECUTE FUNCTION announce_access();
CREATE TRIGGER device_keys_announced
    AFTER INSERT OR DELETE OR UPDATE ON device_keys
    FOR EACH STATEMENT EXECUTE FUNCTION announce_access();
CREATE TRIGGER page_sessions_announced
    AFTER INSERT OR DELETE OR UPDATE ON page_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION announce_access();

REVOKE ALL ON api_tokens, device_keys, page_sessions, access_entries FROM PUBLIC;
GRANT SELECT ON api_tokens, device_keys, page_sessions, access_entries TO srepok_gateway;
GRANT UPDATE (last_used_at) ON api_tokens TO srepok_gateway;
GRANT INSERT, DELETE ON page_sessions TO srepok_gateway;
GRANT INSERT ON access_entries TO srepok_gateway;


-- ==================== Retention

-- How long what is kept. Rows are meant to be edited; enforce_retention() obeys them.

CREATE TABLE retention_settings (
    relation text NOT NULL,
    keep interval NOT NULL,
    at_least interval NOT NULL,
    time_column text,
    CONSTRAINT retention_settings_key PRIMARY KEY (relation),
    CONSTRAINT retention_settings_enough CHECK (keep >= at_least)
);
COMMENT ON TABLE retention_settings IS 'How long each relation keeps its rows; edit keep.';
COMMENT ON COLUMN retention_settings.relation IS 'The relation.';
COMMENT ON COLUMN retention_settings.keep IS
    'Age from which rows may go. Hypertables lose whole chunks, so rows stay for up to a '
    'chunk longer.';
COMMENT ON COLUMN retention_settings.at_least IS
    'The least keep may be: roll-ups are computed again for the last 10 days, from rows '
    'that must still be there.';
COMMENT ON COLUMN retention_settings.time_column IS
    'Column that tells the age of a plain table''s rows; null: a hypertable.';

INSERT INTO retention_settings (relation, keep, at_least, time_column) VALUES
    ('link_reports', '30 days', '14 days', NULL),
    ('sensor_readings', '30 days', '14 days', NULL),
    ('presence_events', '730 days', '14 days', NULL),
    ('link_reports_1m', '30 days', '14 days', NULL),
    ('link_reports_1h', '730 days', '30 days', NULL),
    ('link_reports_1d', '3650 days', '30 days', NULL),
    ('sensor_readings_1m', '30 days', '14 days', NULL),
    ('sensor_readings_1h', '730 days', '30 days', NULL),
    ('sensor_readings_1d', '3650 days', '30 days', NULL),
    ('dead_letters', '30 days', '1 day', 'last_received_at'),
    ('ingest_minutes', '365 days', '7 days', 'minute'),
    ('ingest_queues', '365 days', '7 days', 'minute'),
    ('incidents', '3650 days', '365 days', 'cleared_at'),
    ('incident_entries', '3650 days', '365 days', 'at'),
    ('notifications', '730 days', '30 days', 'last_at'),
    ('village_spells', '3650 days', '365 days', 'until'),
    ('link_spells', '3650 days', '365 days', 'until'),
    ('watch_spells', '3650 days', '365 days', 'until'),
    ('access_entries', '3650 days', '365 days', 'at'),
    ('page_sessions', '1 day', '0 days', 'expires_at');

REVOKE ALL ON retention_settings FROM PUBLIC;
GRANT SELECT ON retention_settings TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Roll-ups of link reports

-- Roll-ups of link_reports on the Apache edition: our own tables, which roll_up() brings up to
-- date. Names, columns and types are those of the continuous aggregates of the Community
-- edition. Counts stand beside the means, so that a mean of means is weighted, and exact.
-- Hours and days are written again while they last: they keep room beside each row.

CREATE TABLE link_reports_1m (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1m_key PRIMARY KEY (device_id, bucket)
);
SELECT create_hypertable(
    'link_reports_1m', by_range('bucket', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX link_reports_1m_bucket ON link_reports_1m USING brin (bucket)
    WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE link_reports_1h (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1h_key PRIMARY KEY (device_id, bucket)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'link_reports_1h', by_range('bucket', INTERVAL '30 days'), create_default_indexes => false
);
CREATE INDEX link_reports_1h_bucket ON link_reports_1h (bucket);

CREATE TABLE link_reports_1d (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1d_key PRIMARY KEY (device_id, bucket)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'link_reports_1d', by_range('bucket', INTERVAL '365 days'), create_default_indexes => false
);
CREATE INDEX link_reports_1d_bucket ON link_reports_1d (bucket);

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY ARRAY['link_reports_1m', 'link_reports_1h', 'link_reports_1d'] LOOP
        EXECUTE format(
            'COMMENT ON TABLE %I IS %L', rollup,
            'Roll-up of link_reports: a row a device and bucket that has any; the same on '
            'both editions.'
        );
        FOR described IN
            SELECT name, meaning FROM (
                VALUES
                    ('bucket',
                     'Start of the bucket: a minute, an hour, or a day that begins at '
                     'midnight in Asia/Ho_Chi_Minh.'),
                    ('device_id', 'The device.'),
                    ('reports', 'Reports in the bucket.'),
                    ('mains_reports', 'Those sent on mains power.'),
                    ('battery_reports', 'Those sent on battery.'),
                    ('probes_sent', 'Probes sent; null: no report said.'),
                    ('probes_ok', 'Probes answered; null: no report said.')
            ) AS columns (name, meaning)
            UNION ALL
            SELECT measure || suffix, format(meaning, what)
            FROM (
                VALUES
                    ('rtt_p50_ms', 'Median round trip, milliseconds'),
                    ('rtt_p95_ms', '95th percentile of round trips, milliseconds'),
                    ('loss_percent', 'Packets lost, percent'),
                    ('down_mbps', 'Traffic towards the village, megabits per second'),
                    ('up_mbps', 'Traffic from the village, megabits per second'),
                    ('clients', 'Clients connected'),
                    ('signal_dbm', 'Received signal, dBm'),
                    ('temperature_c', 'Temperature of the equipment, degrees Celsius'),
                    ('battery_percent', 'Charge of the battery, percent')
            ) AS measures (measure, what)
            CROSS JOIN (
                VALUES
                    ('_avg', '%s: mean of the reports that have it.'),
                    ('_min', '%s: least.'),
                    ('_max', '%s: greatest.'),
                    ('_count', '%s: reports that have it.')
            ) AS figures (suffix, meaning)
        LOOP
            EXECUTE format(
                'COMMENT ON COLUMN %I.%I IS %L', rollup, described.name, described.meaning
            );
        END LOOP;
    END LOOP;
END
$$;

REVOKE ALL ON link_reports_1m, link_reports_1h, link_reports_1d FROM PUBLIC;
GRANT SELECT ON link_reports_1m, link_reports_1h, link_reports_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Roll-ups of sensor readings

-- Roll-ups of sensor_readings on the Apache edition: our own tables, which roll_up() brings up to
-- date. Names, columns and types are those of the continuous aggregates of the Community
-- edition. Counts stand beside the means, so that a mean of means is weighted, and exact.

CREATE TABLE sensor_readings_1m (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1m_key PRIMARY KEY (device_id, bucket, metric_id)
);
SELECT create_hypertable(
    'sensor_readings_1m', by_range('bucket', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1m_bucket ON sensor_readings_1m USING brin (bucket)
    WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE sensor_readings_1h (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1h_key PRIMARY KEY (device_id, bucket, metric_id)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'sensor_readings_1h', by_range('bucket', INTERVAL '30 days'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1h_bucket ON sensor_readings_1h (bucket);

CREATE TABLE sensor_readings_1d (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1d_key PRIMARY KEY (device_id, bucket, metric_id)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'sensor_readings_1d', by_range('bucket', INTERVAL '365 days'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1d_bucket ON sensor_readings_1d (bucket);

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY
        ARRAY['sensor_readings_1m', 'sensor_readings_1h', 'sensor_readings_1d']
    LOOP
        EXECUTE format(
            'COMMENT ON TABLE %I IS %L', rollup,
            'Roll-up of sensor_readings: a row a device, metric and bucket that has any; '
            'the same on both editions.'
        );
        FOR described IN
            SELECT name, meaning FROM (
                VALUES
                    ('bucket',
                     'Start of the bucket: a minute, an hour, or a day that begins at '
                     'midnight in Asia/Ho_Chi_Minh.'),
                    ('device_id', 'The device.'),
                    ('metric_id', 'The metric.'),
                    ('readings', 'Readings in the bucket.'),
                    ('value_avg', 'Mean of the readings, in the unit of the metric.'),
                    ('value_min', 'Least reading.'),
                    ('value_max', 'Greatest reading.')
            ) AS columns (name, meaning)
        LOOP
            EXECUTE format(
                'COMMENT ON COLUMN %I.%I IS %L', rollup, described.name, described.meaning
            );
        END LOOP;
    END LOOP;
END
$$;

REVOKE ALL ON sensor_readings_1m, sensor_readings_1h, sensor_readings_1d FROM PUBLIC;
GRANT SELECT ON sensor_readings_1m, sensor_readings_1h, sensor_readings_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;


-- ==================== Computing the roll-ups of link reports

-- Each function below computes given (device, bucket) pairs of one level again, from all rows
-- of the level under it. The arrays go side by side, without repeats.
--
-- The bounds on the outermost buckets repeat what the pairs say already: they are known when
-- the plan is made, so chunks outside of them are not looked at.
--
-- A bucket is never replaced by one of fewer rows. Rows are only ever added while they are
-- kept, so fewer means that retention has dropped some since; what was computed from all of
-- them stands. A bucket without any row left is left as it is for the same reason.

-- From rows to minutes.
CREATE FUNCTION roll_up_links(of_devices integer[], of_buckets timestamptz[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    INSERT INTO link_reports_1m AS known (
        bucket, device_id, reports, mains_reports, battery_reports, probes_sent, probes_ok,
        rtt_p50_ms_avg, rtt_p95_ms_avg, loss_percent_avg, down_mbps_avg, up_mbps_avg,
        clients_avg, signal_dbm_avg, temperature_c_avg, battery_percent_avg,
        rtt_p50_ms_min, rtt_p95_ms_min, loss_percent_min, down_mbps_min, up_mbps_min,
        clients_min, signal_dbm_min, temperature_c_min, battery_percent_min,
        rtt_p50_ms_max, rtt_p95_ms_max, loss_percent_max, down_mbps_max, up_mbps_max,
        clients_max, signal_dbm_max, temperature_c_max, battery_percent_max,
        rtt_p50_ms_count, rtt_p95_ms_count, loss_percent_count, down_mbps_count,
        up_mbps_count, clients_count, signal_dbm_count, temperature_c_count,
        battery_percent_count
    )
    SELECT pair.bucket, pair.device_id, fresh.*
    FROM unnest(of_devices, of_buckets) AS pair (device_id, bucket)
    CROSS JOIN LATERAL (
        SELECT
            count(*)::integer AS reports,
            count(*) FILTER (WHERE power = 'mains')::integer AS mains_reports,
            count(*) FILTER (WHERE power = 'battery')::integer AS battery_reports,
            sum(probes_sent) AS probes_sent, sum(probes_ok) AS probes_ok,
            avg(rtt_p50_ms) AS rtt_p50_ms_avg, avg(rtt_p95_ms) AS rtt_p95_ms_avg,
            avg(loss_percent) AS loss_percent_avg, avg(down_mbps) AS down_mbps_avg,
            avg(up_mbps) AS up_mbps_avg, avg(clients::double precision) AS clients_avg,
            avg(signal_dbm) AS signal_dbm_avg, avg(temperature_c) AS temperature_c_avg,
            avg(battery_percent) AS battery_percent_avg,
            min(rtt_p50_ms) AS rtt_p50_ms_min, min(rtt_p95_ms) AS rtt_p95_ms_min,
            min(loss_percent) AS loss_percent_min, min(down_mbps) AS down_mbps_min,
            min(up_mbps) AS up_mbps_min, min(clients) AS clients_min,
            min(signal_dbm) AS signal_dbm_min, min(temperature_c) AS temperature_c_min,
            min(battery_percent) AS battery_percent_min,
            max(rtt_p50_ms) AS rtt_p50_ms_max, max(rtt_p95_ms) AS rtt_p95_ms_max,
            max(loss_percent) AS loss_percent_max, max(down_mbps) AS down_mbps_max,
            max(up_mbps) AS up_mbps_max, max(clients) AS clients_max,
            max(signal_dbm) AS signal_dbm_max, max(temperature_c) AS temperature_c_max,
            max(battery_percent) AS battery_percent_max,
            count(rtt_p50_ms)::integer AS rtt_p50_ms_count,
            count(rtt_p95_ms)::integer AS rtt_p95_ms_count,
            count(loss_percent)::integer AS loss_percent_count,
            count(down_mbps)::integer AS down_mbps_count,
            count(up_mbps)::integer AS up_mbps_count,
            count(clients)::integer AS clients_count,
            count(signal_dbm)::integer AS signal_dbm_count,
            count(temperature_c)::integer AS temperature_c_count,
            count(battery_percent)::integer AS battery_percent_count
        FROM link_reports
        WHERE device_id = pair.device_id
          AND observed_at >= pair.bucket AND observed_at < pair.bucket + INTERVAL '1 minute'
          AND observed_at >= earliest AND observed_at < latest + INTERVAL '1 minute'
    ) AS fresh
    WHERE fresh.reports > 0
    ORDER BY pair.device_id, pair.bucket
    ON CONFLICT (device_id, bucket) DO UPDATE SET
        reports = excluded.reports, mains_reports = excluded.mains_reports,
        battery_reports = excluded.battery_reports, probes_sent = excluded.probes_sent,
        probes_ok = excluded.probes_ok, rtt_p50_ms_avg = excluded.rtt_p50_ms_avg,
        rtt_p95_ms_avg = excluded.rtt_p95_ms_avg,
        loss_percent_avg = excluded.loss_percent_avg, down_mbps_avg = excluded.down_mbps_avg,
        up_mbps_avg = excluded.up_mbps_avg, clients_avg = excluded.clients_avg,
        signal_dbm_avg = excluded.signal_dbm_avg,
        temperature_c_avg = excluded.temperature_c_avg,
        battery_percent_avg = excluded.battery_percent_avg,
        rtt_p50_ms_min = excluded.rtt_p50_ms_min, rtt_p95_ms_min = excluded.rtt_p95_ms_min,
        loss_percent_min = excluded.loss_percent_min, down_mbps_min = excluded.down_mbps_min,
        up_mbps_min = excluded.up_mbps_min, clients_min = excluded.clients_min,
        signal_dbm_min = excluded.signal_dbm_min,
        temperature_c_min = excluded.temperature_c_min,
        battery_percent_min = excluded.battery_percent_min,
        rtt_p50_ms_max = excluded.rtt_p50_ms_max, rtt_p95_ms_max = excluded.rtt_p95_ms_max,
        loss_percent_max = excluded.loss_percent_max, down_mbps_max = excluded.down_mbps_max,
        up_mbps_max = excluded.up_mbps_max, clients_max = excluded.clients_max,
        signal_dbm_max = excluded.signal_dbm_max,
        temperature_c_max = excluded.temperature_c_max,
        battery_percent_max = excluded.battery_percent_max,
        rtt_p50_ms_count = excluded.rtt_p50_ms_count,
        rtt_p95_ms_count = excluded.rtt_p95_ms_count,
        loss_percent_count = excluded.loss_percent_count,
        down_mbps_count = excluded.down_mbps_count, up_mbps_count = excluded.up_mbps_count,
        clients_count = excluded.clients_count, signal_dbm_count = excluded.signal_dbm_count,
        temperature_c_count = excluded.temperature_c_count,
        battery_percent_count = excluded.battery_percent_count
    WHERE excluded.reports >= known.reports;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- From minutes to hours, from hours to days.
CREATE FUNCTION roll_up_links(
    target text, source text, span interval, of_devices integer[], of_buckets timestamptz[]
)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    EXECUTE format(
        $sql$
        INSERT INTO %1$I AS known (
            bucket, device_id, reports, mains_reports, battery_reports, probes_sent, probes_ok,
            rtt_p50_ms_avg, rtt_p95_ms_avg, loss_percent_avg, down_mbps_avg, up_mbps_avg,
            clients_avg, signal_dbm_avg, temperature_c_avg, battery_percent_avg,
            rtt_p50_ms_min, rtt_p95_ms_min, loss_percent_min, down_mbps_min, up_mbps_min,
            clients_min, signal_dbm_min, temperature_c_min, battery_percent_min,
            rtt_p50_ms_max, rtt_p95_ms_max, loss_percent_max, down_mbps_max, up_mbps_max,
            clients_max, signal_dbm_max, temperature_c_max, battery_percent_max,
            rtt_p50_ms_count, rtt_p95_ms_count, loss_percent_count, down_mbps_count,
            up_mbps_count, clients_count, signal_dbm_count, temperature_c_count,
            battery_percent_count
        )
        SELECT pair.bucket, pair.device_id, fresh.*
        FROM unnest($1, $2) AS pair (device_id, bucket)
        CROSS JOIN LATERAL (
            SELECT
                sum(reports)::integer AS reports, sum(mains_reports)::integer AS mains_reports,
                sum(battery_reports)::integer AS battery_reports,
                sum(probes_sent)::bigint AS probes_sent, sum(probes_ok)::bigint AS probes_ok,
                sum(rtt_p50_ms_avg * rtt_p50_ms_count)
                    / nullif(sum(rtt_p50_ms_count), 0) AS rtt_p50_ms_avg,
                sum(rtt_p95_ms_avg * rtt_p95_ms_count)
                    / nullif(sum(rtt_p95_ms_count), 0) AS rtt_p95_ms_avg,
                sum(loss_percent_avg * loss_percent_count)
                    / nullif(sum(loss_percent_count), 0) AS loss_percent_avg,
                sum(down_mbps_avg * down_mbps_count)
                    / nullif(sum(down_mbps_count), 0) AS down_mbps_avg,
                sum(up_mbps_avg * up_mbps_count) / nullif(sum(up_mbps_count), 0) AS up_mbps_avg,
                sum(clients_avg * clients_count) / nullif(sum(clients_count), 0) AS clients_avg,
                sum(signal_dbm_avg * signal_dbm_count)
                    / nullif(sum(signal_dbm_count), 0) AS signal_dbm_avg,
                sum(temperature_c_avg * temperature_c_count)
                    / nullif(sum(temperature_c_count), 0) AS temperature_c_avg,
                sum(battery_percent_avg * battery_percent_count)
                    / nullif(sum(battery_percent_count), 0) AS battery_percent_avg,
                min(rtt_p50_ms_min) AS rtt_p50_ms_min, min(rtt_p95_ms_min) AS rtt_p95_ms_min,
                min(loss_percent_min) AS loss_percent_min, min(down_mbps_min) AS down_mbps_min,
                min(up_mbps_min) AS up_mbps_min, min(clients_min) AS clients_min,
                min(signal_dbm_min) AS signal_dbm_min,
                min(temperature_c_min) AS temperature_c_min,
                min(battery_percent_min) AS battery_percent_min,
                max(rtt_p50_ms_max) AS rtt_p50_ms_max, max(rtt_p95_ms_max) AS rtt_p95_ms_max,
                max(loss_percent_max) AS loss_percent_max, max(down_mbps_max) AS down_mbps_max,
                max(up_mbps_max) AS up_mbps_max, max(clients_max) AS clients_max,
                max(signal_dbm_max) AS signal_dbm_max,
                max(temperature_c_max) AS temperature_c_max,
                max(battery_percent_max) AS battery_percent_max,
                sum(rtt_p50_ms_count)::integer AS rtt_p50_ms_count,
                sum(rtt_p95_ms_count)::integer AS rtt_p95_ms_count,
                sum(loss_percent_count)::integer AS loss_percent_count,
                sum(down_mbps_count)::integer AS down_mbps_count,
                sum(up_mbps_count)::integer AS up_mbps_count,
                sum(clients_count)::integer AS clients_count,
                sum(signal_dbm_count)::integer AS signal_dbm_count,
                sum(temperature_c_count)::integer AS temperature_c_count,
                sum(battery_percent_count)::integer AS battery_percent_count
            FROM %2$I
            WHERE device_id = pair.device_id
              AND bucket >= pair.bucket AND bucket < pair.bucket + $3
              AND bucket >= $4 AND bucket < $5 + $3
        ) AS fresh
        WHERE fresh.reports > 0
        ORDER BY pair.device_id, pair.bucket
        ON CONFLICT (device_id, bucket) DO UPDATE SET
            reports = excluded.reports, mains_reports = excluded.mains_reports,
            battery_reports = excluded.battery_reports, probes_sent = excluded.probes_sent,
            probes_ok = excluded.probes_ok, rtt_p50_ms_avg = excluded.rtt_p50_ms_avg,
            rtt_p95_ms_avg = excluded.rtt_p95_ms_avg,
            loss_percent_avg = excluded.loss_percent_avg, down_mbps_avg = excluded.down_mbps_avg,
            up_mbps_avg = excluded.up_mbps_avg, clients_avg = excluded.clients_avg,
            signal_dbm_avg = excluded.signal_dbm_avg,
            temperature_c_avg = excluded.temperature_c_avg,
            battery_percent_avg = excluded.battery_percent_avg,
            rtt_p50_ms_min = excluded.rtt_p50_ms_min, rtt_p95_ms_min = excluded.rtt_p95_ms_min,
            loss_percent_min = excluded.loss_percent_min, down_mbps_min = excluded.down_mbps_min,
            up_mbps_min = excluded.up_mbps_min, clients_min = excluded.clients_min,
            signal_dbm_min = excluded.signal_dbm_min,
            temperature_c_min = excluded.temperature_c_min,
            battery_percent_min = excluded.battery_percent_min,
            rtt_p50_ms_max = excluded.rtt_p50_ms_max, rtt_p95_ms_max = excluded.rtt_p95_ms_max,
            loss_percent_max = excluded.loss_percent_max, down_mbps_max = excluded.down_mbps_max,
            up_mbps_max = excluded.up_mbps_max, clients_max = excluded.clients_max,
            signal_dbm_max = excluded.signal_dbm_max,
            temperature_c_max = excluded.temperature_c_max,
            battery_percent_max = excluded.battery_percent_max,
            rtt_p50_ms_count = excluded.rtt_p50_ms_count,
            rtt_p95_ms_count = excluded.rtt_p95_ms_count,
            loss_percent_count = excluded.loss_percent_count,
            down_mbps_count = excluded.down_mbps_count, up_mbps_count = excluded.up_mbps_count,
            clients_count = excluded.clients_count, signal_dbm_count = excluded.signal_dbm_count,
            temperature_c_count = excluded.temperature_c_count,
            battery_percent_count = excluded.battery_percent_count
        WHERE excluded.reports >= known.reports
        $sql$, target, source
    )
    USING of_devices, of_buckets, span, earliest, latest;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

REVOKE ALL ON FUNCTION roll_up_links(integer[], timestamptz[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION roll_up_links(text, text, interval, integer[], timestamptz[])
    FROM PUBLIC;


-- ==================== Computing the roll-ups of sensor readings

-- The same for sensors as the file before for links; a pair stands for all metrics of its
-- device.

-- From rows to minutes.
CREATE FUNCTION roll_up_sensors(of_devices integer[], of_buckets timestamptz[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    INSERT INTO sensor_readings_1m AS known (
        bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    )
    SELECT pair.bucket, pair.device_id, fresh.*
    FROM unnest(of_devices, of_buckets) AS pair (device_id, bucket)
    CROSS JOIN LATERAL (
        SELECT
            metric_id, count(*)::integer AS readings,
            avg(value) AS value_avg, min(value) AS value_min, max(value) AS value_max
        FROM sensor_readings
        WHERE device_id = pair.device_id
          AND observed_at >= pair.bucket AND observed_at < pair.bucket + INTERVAL '1 minute'
          AND observed_at >= earliest AND observed_at < latest + INTERVAL '1 minute'
        GROUP BY metric_id
    ) AS fresh
    ORDER BY pair.device_id, pair.bucket, fresh.metric_id
    ON CONFLICT (device_id, bucket, metric_id) DO UPDATE SET
        readings = excluded.readings, value_avg = excluded.value_avg,
        value_min = excluded.value_min, value_max = excluded.value_max
    WHERE excluded.readings >= known.readings;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- From minutes to hours, from hours to days.
CREATE FUNCTION roll_up_sensors(
    target text, source text, span interval, of_devices integer[], of_buckets timestamptz[]
)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    EXECUTE format(
        $sql$
        INSERT INTO %1$I AS known (
            bucket, device_id, metric_id, readings, value_avg, value_min, value_max
        )
        SELECT pair.bucket, pair.device_id, fresh.*
        FROM unnest($1, $2) AS pair (device_id, bucket)
        CROSS JOIN LATERAL (
            SELECT
                metric_id, sum(readings)::integer AS readings,
                sum(value_avg * readings) / sum(readings) AS value_avg,
                min(value_min) AS value_min, max(value_max) AS value_max
            FROM %2$I
            WHERE device_id = pair.device_id
              AND bucket >= pair.bucket AND bucket < pair.bucket + $3
              AND bucket >= $4 AND bucket < $5 + $3
            GROUP BY metric_id
        ) AS fresh
        ORDER BY pair.device_id, pair.bucket, fresh.metric_id
        ON CONFLICT (device_id, bucket, metric_id) DO UPDATE SET
            readings = excluded.readings, value_avg = excluded.value_avg,
            value_min = excluded.value_min, value_max = excluded.value_max
        WHERE excluded.readings >= known.readings
        $sql$, target, source
    )
    USING of_devices, of_buckets, span, earliest, latest;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

REVOKE ALL ON FUNCTION roll_up_sensors(integer[], timestamptz[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION roll_up_sensors(text, text, interval, integer[], timestamptz[])
    FROM PUBLIC;


-- ==================== roll_up()

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


-- ==================== enforce_retention()

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
