-- Say which minutes of which devices the roll-ups must compute again (Apache edition).
INSERT INTO rollup_marks (relation, bucket, device_ids)
SELECT 'link_reports', date_trunc('minute', observed_at, 'UTC'), array_agg(DISTINCT device_id)
FROM stage_links
GROUP BY 2
