-- Tell whoever listens which incidents changed.
SELECT pg_notify(%(channel)s, incident) FROM unnest(%(incidents)s::text[]) AS incident
