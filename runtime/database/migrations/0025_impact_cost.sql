-- What an incident cost a village before its share became another: a rank must not fall because part
-- of an outage is over, nor forget what was before it began again.

ALTER TABLE incident_villages
    ADD COLUMN share_since timestamptz,
    ADD COLUMN spent double precision NOT NULL DEFAULT 0,
    ADD CONSTRAINT incident_villages_spent CHECK (spent >= 0);
COMMENT ON COLUMN incident_villages.share_since IS
    'From when on the share was so; null: since it impairs the village.';
COMMENT ON COLUMN incident_villages.spent IS 'Household-seconds that it had cost before that.';

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
