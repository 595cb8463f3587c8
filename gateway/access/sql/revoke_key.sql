-- The key of a device no longer holds.
UPDATE device_keys SET revoked_at = %(now)s, revoked_by = %(actor)s
WHERE device_code = %(code)s AND revoked_at IS NULL;
