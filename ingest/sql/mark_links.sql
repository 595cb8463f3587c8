-- Say which minutes of which devices the roll-ups must compute again (Apache edition).
INSERT INTO rollup_marks (relation, bucket, device_ids)
SELECT 'link_reports', date_bin('1 minute', observed_at, '2000-01-01Z'), array_agg(DISTINCT device_id)
FROM stage_links
GROUP BY 2
