-- How many dead letters were staged, by minute of arrival.
SELECT date_bin('1 minute', received_at, '2000-01-01Z'), count(*) FROM stage_letters GROUP BY 1
