-- Drop staged reports that were kept at another time than their device's claim and are stored
-- already: their primary key holds the time of arrival, which a repeat does not share.
DELETE FROM stage_links AS s
USING link_reports AS r
WHERE s.device_time IS NOT NULL
  AND r.device_id = s.device_id
  AND r.device_time = s.device_time
  AND r.boot_id = s.boot_id
  AND r.seq = s.seq
