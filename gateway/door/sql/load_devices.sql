-- The devices that may report, and where.
SELECT device_code, province_code, commune_code, devices.kind
FROM devices JOIN communes USING (commune_code)
WHERE devices.retired_at IS NULL
