-- Write down what waited in a minute, or more of it: the process may have been started in it anew.
INSERT INTO ingest_queues AS known (
    minute, worker, in_flight, broker_messages, broker_bytes, broker_dropped)
VALUES (
    %(minute)s, %(worker)s, %(in_flight)s, %(broker_messages)s, %(broker_bytes)s,
    %(broker_dropped)s)
ON CONFLICT (minute, worker) DO UPDATE SET
    in_flight = greatest(known.in_flight, excluded.in_flight),
    broker_messages = greatest(known.broker_messages, excluded.broker_messages),
    broker_bytes = greatest(known.broker_bytes, excluded.broker_bytes),
    broker_dropped = coalesce(excluded.broker_dropped, known.broker_dropped)
