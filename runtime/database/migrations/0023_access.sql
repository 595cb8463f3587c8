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

INSERT INTO retention_settings (relation, keep, at_least, time_column) VALUES
    ('access_entries', '3650 days', '365 days', 'at'),
    ('page_sessions', '1 day', '0 days', 'expires_at');
