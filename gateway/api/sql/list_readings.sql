-- Readings of a device in the order of time and metric.
SELECT observed_at, metric, value, unit, received_at, device_time, skew::text
FROM {relation} JOIN metrics USING (metric_id)
WHERE device_id = %(device_id)s AND observed_at >= %(since)s AND observed_at < %(until)s
    AND (%(metric)s::text IS NULL OR metric = %(metric)s)
    AND (%(after_at)s::timestamptz IS NULL OR observed_at >= %(after_at)s)
    AND (%(after_at)s::timestamptz IS NULL
        OR (observed_at, metric) > (%(after_at)s, %(after_metric)s::text))
ORDER BY observed_at, metric
LIMIT %(limit)s
