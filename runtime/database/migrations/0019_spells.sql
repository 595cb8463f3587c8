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

INSERT INTO retention_settings (relation, keep, at_least, time_column) VALUES
    ('village_spells', '3650 days', '365 days', 'until'),
    ('link_spells', '3650 days', '365 days', 'until'),
    ('watch_spells', '3650 days', '365 days', 'until');
