-- Rolled-up readings of a device in the order of bucket and metric.
SELECT bucket, metric, unit, readings, value_avg AS mean, value_min AS least,
    value_max AS greatest
FROM {relation} JOIN metrics USING (metric_id)
WHERE device_id = %(device_id)s AND bucket >= %(since)s AND bucket < %(until)s
    AND (%(metric)s::text IS NULL OR metric = %(metric)s)
    AND (%(after_at)s::timestamptz IS NULL OR bucket >= %(after_at)s)
    AND (%(after_at)s::timestamptz IS NULL
        OR (bucket, metric) > (%(after_at)s, %(after_metric)s::text))
ORDER BY bucket, metric
LIMIT %(limit)s
