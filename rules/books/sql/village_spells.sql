-- Spells of these villages in a span of time.
SELECT village_code, since, until, state, incident_id FROM village_spells
WHERE village_code = ANY (%(codes)s) AND since < %(until)s AND (until IS NULL OR until > %(since)s)
