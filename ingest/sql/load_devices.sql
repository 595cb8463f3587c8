-- The devices that may report.
SELECT device_id, device_code, commune_code, kind FROM devices WHERE retired_at IS NULL
