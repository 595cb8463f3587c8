-- Names of the labels that alerts have had.
SELECT DISTINCT jsonb_object_keys(labels) FROM incidents WHERE labels <> '{}' ORDER BY 1
