-- Add a batch to the accounts of its minutes of arrival.
INSERT INTO ingest_minutes AS known (
    minute, worker, messages, received, stored, duplicate, rejected)
VALUES (
    %(minute)s, %(worker)s, %(messages)s, %(received)s, %(stored)s, %(duplicate)s, %(rejected)s)
ON CONFLICT (minute, worker) DO UPDATE SET
    messages = known.messages + excluded.messages,
    received = known.received + excluded.received,
    stored = known.stored + excluded.stored,
    duplicate = known.duplicate + excluded.duplicate,
    rejected = known.rejected + excluded.rejected
