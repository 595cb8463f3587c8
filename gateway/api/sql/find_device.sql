-- A device by its code; one that was retired still has a past.
SELECT device_id, kind FROM devices
WHERE device_code = %(device)s
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
