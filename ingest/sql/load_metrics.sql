-- The catalogue of metrics with their ranges.
SELECT metric_id, metric, minimum, maximum FROM metrics
