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
