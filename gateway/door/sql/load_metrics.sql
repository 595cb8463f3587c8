-- The catalogue of metrics, with the range of each.
SELECT metric, minimum, maximum FROM metrics
