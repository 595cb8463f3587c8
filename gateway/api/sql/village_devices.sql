-- Devices that stand in a village.
SELECT device_code AS code FROM devices
WHERE village_code = %(village)s AND retired_at IS NULL ORDER BY device_code
