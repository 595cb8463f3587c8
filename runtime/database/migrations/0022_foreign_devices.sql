-- Devices by their names in other systems, and dead letters of what those systems sent.

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

ALTER TABLE dead_letters ADD COLUMN adapter text;
COMMENT ON TABLE dead_letters IS
    'Messages, or single records of a message, that could not be accepted by ingest, or by an '
    'adapter of the gateway, each with its reason, until they are replayed or too old.';
COMMENT ON COLUMN dead_letters.topic IS
    'Topic it came on; of a webhook, the words POST and the path it came to.';
COMMENT ON COLUMN dead_letters.adapter IS
    'The adapter that could not translate it; null: it came in the wire contract.';

REVOKE ALL ON device_aliases FROM PUBLIC;
GRANT SELECT ON device_aliases TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
GRANT INSERT, UPDATE (last_received_at, occurrences, replayed_at, replay_outcome)
    ON dead_letters TO srepok_gateway;
