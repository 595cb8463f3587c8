-- Spells of these villages, or links, in a span of time.
SELECT {of}_code, since, until, state, incident_id FROM {of}_spells
WHERE {of}_code = ANY (%(codes)s) AND since < %(until)s AND (until IS NULL OR until > %(since)s)
