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
    ('ingest_minutes', '365 days', '7 days', 'minute');

REVOKE ALL ON retention_settings FROM PUBLIC;
GRANT SELECT ON retention_settings TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
