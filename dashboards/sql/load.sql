-- last_hour: alerts of which people were told in the last hour, and in its fullest ten minutes
SELECT coalesce(sum(alerts), 0)::bigint AS alerts, coalesce(max(alerts), 0)::bigint AS peak
FROM (
    SELECT time_bucket(INTERVAL '10 minutes', opened_at) AS period, count(*) AS alerts
    FROM incidents
    WHERE notified AND opened_at >= now() - INTERVAL '1 hour' AND @in_scope
    GROUP BY 1
) AS periods;

-- periods: load of the ten-minute periods of this time: mean, and share with more than ten alerts, percent
SELECT coalesce(sum(alerts), 0) * 600 / nullif(extract(epoch FROM $__timeTo()::timestamptz - $__timeFrom()::timestamptz), 0) AS mean,
    100 * count(*) FILTER (WHERE alerts > 10) * 600
        / nullif(extract(epoch FROM $__timeTo()::timestamptz - $__timeFrom()::timestamptz), 0) AS flood
FROM (
    SELECT time_bucket(INTERVAL '10 minutes', opened_at) AS period, count(*) AS alerts
    FROM incidents
    WHERE notified AND $__timeFilter(opened_at) AND @in_scope
    GROUP BY 1
) AS periods;

-- storm: how many alerts there would have been for each that was made
SELECT 1 + withheld::double precision / nullif(opened, 0) AS factor
FROM (
    SELECT (
            SELECT count(*) FROM incidents
            WHERE $__timeFilter(opened_at) AND merged_into IS NULL AND @in_scope
        ) AS opened, (
            SELECT coalesce(sum(CASE jsonb_typeof(detail -> 'objects')
                WHEN 'array' THEN jsonb_array_length(detail -> 'objects') ELSE 1 END), 0)
            FROM incident_entries LEFT JOIN incidents USING (incident_id)
            WHERE kind = 'withheld' AND $__timeFilter(at) AND @in_scope
        ) AS withheld
) AS counts;

-- stale: open incidents older than a day
SELECT count(*) AS incidents
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND onset_at < now() - INTERVAL '1 day' AND @in_scope;

-- answered: seconds until somebody took a critical or major incident on
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - opened_at)) AS half,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - opened_at)) AS most
FROM incidents
WHERE acknowledged_at IS NOT NULL AND severity IN ('critical', 'major') AND $__timeFilter(opened_at)
    AND @in_scope;

-- hourly: alerts an hour, by severity
WITH counted AS MATERIALIZED (
    SELECT time_bucket(@count_width, opened_at, @midnight) AS time,
        count(*) FILTER (WHERE severity = 'critical') AS critical,
        count(*) FILTER (WHERE severity = 'major') AS major,
        count(*) FILTER (WHERE severity = 'minor') AS minor,
        count(*) FILTER (WHERE severity IN ('warning', 'indeterminate')) AS warning
    FROM incidents
    WHERE notified AND $__timeFilter(opened_at) AND @in_scope
    GROUP BY 1
)
SELECT s.time, coalesce(critical, 0) / @an_hour AS critical, coalesce(major, 0) / @an_hour AS major,
    coalesce(minor, 0) / @an_hour AS minor, coalesce(warning, 0) / @an_hour AS warning
FROM @count_steps AS s (time)
LEFT JOIN counted USING (time)
WHERE EXISTS (SELECT FROM counted)
ORDER BY 1;

-- withheld_hourly: what was withheld an hour, by decision
WITH counted AS MATERIALIZED (
    SELECT time_bucket(@count_width, at, @midnight) AS time, e.reason AS metric, count(*) AS value
    FROM incident_entries AS e
    LEFT JOIN incidents USING (incident_id)
    WHERE e.kind = 'withheld' AND $__timeFilter(at) AND @in_scope
    GROUP BY 1, 2
)
SELECT s.time, r.metric, coalesce(c.value, 0) / @an_hour AS value
FROM @count_steps AS s (time)
CROSS JOIN (SELECT DISTINCT metric FROM counted) AS r
LEFT JOIN counted AS c USING (time, metric)
ORDER BY 1, 2;

-- severities: alerts of this time by severity
SELECT severity, count(*) AS alerts
FROM incidents
WHERE notified AND $__timeFilter(opened_at) AND @in_scope
GROUP BY severity
ORDER BY @severity_number DESC;

-- chatterers: causes with most incidents in this time
SELECT array_to_string(root, ', ') AS root, root_kind, count(*) AS incidents,
    100.0 * count(*) / sum(count(*)) OVER () AS share, count(*) FILTER (WHERE flapping) AS flapping,
    max(opened_at) AS newest, string_agg(DISTINCT nullif(rule, ''), ', ') AS rules
FROM incidents
WHERE $__timeFilter(opened_at) AND merged_into IS NULL AND @in_scope
GROUP BY root, root_kind
ORDER BY incidents DESC, root
LIMIT 20;

-- stale_list: open incidents older than a day, the oldest first
SELECT incident_id, @severity_number AS severity, class, @incident_words AS words, onset_at,
    coalesce(acknowledged_by, '') AS owner
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND onset_at < now() - INTERVAL '1 day' AND @in_scope
ORDER BY onset_at
LIMIT 100;

-- receivers: notices of this time by receiver and what became of them
WITH here AS MATERIALIZED (SELECT incident_id FROM incidents WHERE @in_scope)
SELECT receiver, count(*) FILTER (WHERE state = 'sent') AS sent,
    count(*) FILTER (WHERE state = 'withheld') AS withheld,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    max(last_at) FILTER (WHERE state = 'sent') AS newest
FROM notifications
WHERE $__timeFilter(last_at) AND (@everywhere OR notification_key IN (
    SELECT notification_key
    FROM (
        SELECT notification_key, unnest(incident_ids) AS incident_id
        FROM notifications WHERE $__timeFilter(last_at)
    ) AS told
    JOIN here USING (incident_id)
))
GROUP BY receiver
ORDER BY receiver;

-- mutes: silences and shelves that hold now or will
SELECT mute_id, kind, starts_at, ends_at, created_by, comment, (
        SELECT string_agg(concat(m ->> 'name', m ->> 'operator', m ->> 'value'), ', ')
        FROM jsonb_array_elements(matchers) AS m
    ) AS matchers
FROM mutes
WHERE cancelled_at IS NULL AND ends_at >= now()
ORDER BY ends_at
LIMIT 100;

-- windows: announced work that goes on, comes once, or comes again
SELECT window_id, name, scope_kind, scope_code, starts_at, ends_at, coalesce(recurrence, '') AS recurrence,
    created_by
FROM maintenance_windows
WHERE cancelled_at IS NULL AND (recurrence IS NOT NULL OR ends_at >= now())
ORDER BY starts_at DESC
LIMIT 100;
