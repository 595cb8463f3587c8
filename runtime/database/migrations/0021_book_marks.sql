-- What the books have to look at again. Whoever writes a spell, a correction of one or another
-- root of an incident need not think of the books: the database marks what it touches, in the same
-- transaction. Marks are appended and only ever deleted, so that nobody waits for anybody.

CREATE TABLE book_marks (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    village_code text,
    link_code text,
    since timestamptz NOT NULL,
    until timestamptz,
    reason text NOT NULL,
    CONSTRAINT book_marks_key PRIMARY KEY (mark_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE book_marks IS 'Work for the books: what was said of these times has changed.';
COMMENT ON COLUMN book_marks.mark_id IS 'Order of marking.';
COMMENT ON COLUMN book_marks.village_code IS 'The village; null: its link, or every village.';
COMMENT ON COLUMN book_marks.link_code IS 'The link; null: its village, or every village.';
COMMENT ON COLUMN book_marks.since IS 'From when on.';
COMMENT ON COLUMN book_marks.until IS 'Until when; null: up to now.';
COMMENT ON COLUMN book_marks.reason IS 'Why, for book_revisions.';

CREATE FUNCTION mark_village_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO book_marks (village_code, since, until, reason)
        VALUES (OLD.village_code, OLD.since, OLD.until, 'a spell changed: ' || OLD.state);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO book_marks (village_code, since, until, reason)
        VALUES (NEW.village_code, NEW.since, NEW.until, 'a spell became known: ' || NEW.state);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_village_spell IS
    'Marks the days of a village spell that was written, changed or taken away.';
REVOKE ALL ON FUNCTION mark_village_spell() FROM PUBLIC;
CREATE TRIGGER village_spells_marked AFTER INSERT OR DELETE ON village_spells
    FOR EACH ROW EXECUTE FUNCTION mark_village_spell();
CREATE TRIGGER village_spells_changed AFTER UPDATE ON village_spells
    FOR EACH ROW WHEN (
        (OLD.since, OLD.until, OLD.state, OLD.incident_id)
        IS DISTINCT FROM (NEW.since, NEW.until, NEW.state, NEW.incident_id)
    ) EXECUTE FUNCTION mark_village_spell();

CREATE FUNCTION mark_link_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO book_marks (link_code, since, until, reason)
        VALUES (OLD.link_code, OLD.since, OLD.until, 'a spell changed: ' || OLD.state);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO book_marks (link_code, since, until, reason)
        VALUES (NEW.link_code, NEW.since, NEW.until, 'a spell became known: ' || NEW.state);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_link_spell IS
    'Marks the days of a link spell that was written, changed or taken away.';
REVOKE ALL ON FUNCTION mark_link_spell() FROM PUBLIC;
CREATE TRIGGER link_spells_marked AFTER INSERT OR DELETE ON link_spells
    FOR EACH ROW EXECUTE FUNCTION mark_link_spell();
CREATE TRIGGER link_spells_changed AFTER UPDATE ON link_spells
    FOR EACH ROW WHEN (
        (OLD.since, OLD.until, OLD.state, OLD.incident_id)
        IS DISTINCT FROM (NEW.since, NEW.until, NEW.state, NEW.incident_id)
    ) EXECUTE FUNCTION mark_link_spell();

CREATE FUNCTION mark_watch_spell()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO book_marks (since, until, reason)
    VALUES (
        CASE TG_OP WHEN 'INSERT' THEN NEW.since ELSE least(OLD.until, OLD.seen_at, NEW.until) END,
        greatest(NEW.until, NEW.seen_at, CASE TG_OP WHEN 'UPDATE' THEN OLD.until END),
        'it became known who watched'
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_watch_spell IS
    'Marks the time of a watch that was written or whose end changed. That it still watches is no '
    'news: the newest day is computed again all the time.';
REVOKE ALL ON FUNCTION mark_watch_spell() FROM PUBLIC;
CREATE TRIGGER watch_spells_marked AFTER INSERT ON watch_spells
    FOR EACH ROW EXECUTE FUNCTION mark_watch_spell();
CREATE TRIGGER watch_spells_changed AFTER UPDATE ON watch_spells
    FOR EACH ROW WHEN (OLD.until IS DISTINCT FROM NEW.until)
    EXECUTE FUNCTION mark_watch_spell();

CREATE FUNCTION mark_incident()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO book_marks (village_code, since, until, reason)
    SELECT village_code, since, until, 'incident ' || NEW.incident_id || ': root'
    FROM village_spells WHERE incident_id = NEW.incident_id;
    INSERT INTO book_marks (link_code, since, until, reason)
    SELECT link_code, since, until, 'incident ' || NEW.incident_id || ': root'
    FROM link_spells WHERE incident_id = NEW.incident_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_incident IS
    'Marks the spells of an incident whose root became known or another one.';
REVOKE ALL ON FUNCTION mark_incident() FROM PUBLIC;
CREATE TRIGGER incidents_marked AFTER INSERT ON incidents
    FOR EACH ROW EXECUTE FUNCTION mark_incident();
CREATE TRIGGER incidents_changed AFTER UPDATE ON incidents
    FOR EACH ROW WHEN (
        (OLD.root, OLD.root_kind, OLD.merged_into)
        IS DISTINCT FROM (NEW.root, NEW.root_kind, NEW.merged_into)
    ) EXECUTE FUNCTION mark_incident();
CREATE INDEX village_spells_incident_id ON village_spells (incident_id);
CREATE INDEX link_spells_incident_id ON link_spells (incident_id);

REVOKE ALL ON book_marks FROM PUBLIC;
GRANT SELECT ON book_marks TO srepok_rules, srepok_gateway, srepok_grafana;
GRANT DELETE ON book_marks TO srepok_rules;
