-- Spells of these links in a span of time.
SELECT link_code, since, until, state, incident_id FROM link_spells
WHERE link_code = ANY (%(codes)s) AND since < %(until)s AND (until IS NULL OR until > %(since)s)
