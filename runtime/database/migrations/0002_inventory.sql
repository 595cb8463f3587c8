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

REVOKE ALL ON
    inventory_revisions, metrics, provinces, operators, communes, villages, nodes, node_parents,
    links, devices
    FROM PUBLIC;
GRANT SELECT ON
    inventory_revisions, metrics, provinces, operators, communes, villages, nodes, node_parents,
    links, devices
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
