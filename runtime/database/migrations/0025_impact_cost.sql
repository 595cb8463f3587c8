-- What an incident cost a village before its share became another: a rank must not fall because part
-- of an outage is over, nor forget what was before it began again.

ALTER TABLE incident_villages
    ADD COLUMN share_since timestamptz,
    ADD COLUMN spent double precision NOT NULL DEFAULT 0,
    ADD CONSTRAINT incident_villages_spent CHECK (spent >= 0);
COMMENT ON COLUMN incident_villages.share_since IS
    'From when on the share was so; null: since it impairs the village.';
COMMENT ON COLUMN incident_villages.spent IS 'Household-seconds that it had cost before that.';
