-- Who was told of an incident.
SELECT notification_key, receiver, action, state, attempts, first_at, last_at, error
FROM notifications WHERE incident_ids @> ARRAY[%(incident)s]
ORDER BY first_at, notification_key
