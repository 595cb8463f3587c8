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
    CONSTRAINT dead_letters_key PRIMARY KEY (dead_letter_id),
    CONSTRAINT dead_letters_digest_unique UNIQUE (digest),
    CONSTRAINT dead_letters_qos CHECK (qos BETWEEN 0 AND 2),
    CONSTRAINT dead_letters_occurrences CHECK (occurrences >= 1),
    CONSTRAINT dead_letters_order CHECK (last_received_at >= first_received_at)
);
CREATE INDEX dead_letters_last_received_at ON dead_letters (last_received_at);

COMMENT ON TABLE dead_letters IS
    'Messages, or single records of a message, that ingest could not accept, each with its '
    'reason, until they are replayed or too old.';
COMMENT ON COLUMN dead_letters.dead_letter_id IS 'Number to name it by in commands.';
COMMENT ON COLUMN dead_letters.digest IS 'SHA-256 of what makes two letters the same letter.';
COMMENT ON COLUMN dead_letters.topic IS 'Topic it came on.';
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

REVOKE ALL ON dead_letters, ingest_minutes, rollup_marks FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON dead_letters, ingest_minutes TO srepok_ingest;
GRANT SELECT, INSERT ON rollup_marks TO srepok_ingest;
GRANT SELECT ON dead_letters, ingest_minutes, rollup_marks
    TO srepok_rules, srepok_gateway, srepok_grafana;
