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
    CONSTRAINT incident_villages_key PRIMARY KEY (incident_id, village_code),
    CONSTRAINT incident_villages_incident FOREIGN KEY (incident_id)
        REFERENCES incidents (incident_id) ON DELETE CASCADE,
    CONSTRAINT incident_villages_state CHECK (state IN ('degraded', 'dark', 'maintenance')),
    CONSTRAINT incident_villages_order CHECK (until >= since),
    CONSTRAINT incident_villages_households CHECK (households >= 0),
    CONSTRAINT incident_villages_share CHECK (share BETWEEN 0 AND 1)
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

INSERT INTO retention_settings (relation, keep, at_least, time_column) VALUES
    ('incidents', '3650 days', '365 days', 'cleared_at'),
    ('incident_entries', '3650 days', '365 days', 'at'),
    ('notifications', '730 days', '30 days', 'last_at');
