-- One writer of spells at a time: what it sees must not change until it has written.
SELECT pg_advisory_xact_lock(hashtext('srepok spells'))
