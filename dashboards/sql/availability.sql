-- figures: figures of the chosen communes in this time
SELECT @book_figures
FROM (
    SELECT @book_sums
    FROM (
        SELECT day, @book_days
        FROM village_books AS b
        WHERE @in_days AND @of_communes
        GROUP BY day
    ) AS days
) AS sums;

-- built: when the books were last computed, seconds ago, and how many of their rows may still change
SELECT extract(epoch FROM now() - max(built_at))::double precision AS seconds,
    100.0 * count(*) FILTER (WHERE status = 'provisional') / nullif(count(*), 0) AS provisional
FROM village_books
WHERE @in_days;

-- daily: minutes without service of the average household, each local day; a day without a book is a gap
WITH sums AS MATERIALIZED (
    SELECT day, @book_days
    FROM village_books AS b
    WHERE @in_days AND @of_communes
    GROUP BY day
)
SELECT (day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time, gross / 60 / nullif(households, 0) AS gross,
    net / 60 / nullif(households, 0) AS net, network / 60 / nullif(households, 0) AS network
FROM @days AS days
LEFT JOIN sums USING (day)
WHERE EXISTS (SELECT FROM sums)
ORDER BY 1;

-- frequency: sustained outages of the average household, each local day
WITH sums AS MATERIALIZED (
    SELECT day, @book_days
    FROM village_books AS b
    WHERE @in_days AND @of_communes
    GROUP BY day
)
SELECT (day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time, sustained / nullif(households, 0) AS saifi
FROM @days AS days
LEFT JOIN sums USING (day)
WHERE EXISTS (SELECT FROM sums)
ORDER BY 1;

-- causes: household-hours without service, by cause
SELECT c.cause, c.hours
FROM (
    SELECT sum(b.households::bigint * maintenance_seconds) / 3600.0 AS maintenance,
        sum(b.households::bigint * mains_seconds) / 3600.0 AS mains,
        sum(b.households::bigint * battery_seconds) / 3600.0 AS battery,
        sum(b.households::bigint * backhaul_seconds) / 3600.0 AS backhaul,
        sum(b.households::bigint * radio_seconds) / 3600.0 AS radio,
        sum(b.households::bigint * access_seconds) / 3600.0 AS access,
        sum(b.households::bigint * core_seconds) / 3600.0 AS core,
        sum(b.households::bigint * unexplained_seconds) / 3600.0 AS unexplained
    FROM village_books AS b
    WHERE @in_days AND @of_communes
) AS s
CROSS JOIN LATERAL (
    VALUES ('maintenance', maintenance), ('mains', mains), ('battery', battery), ('backhaul', backhaul),
        ('radio', radio), ('access', access), ('core', core), ('unexplained', unexplained)
) AS c (cause, hours)
WHERE c.hours IS NOT NULL
ORDER BY c.hours DESC, c.cause;

-- months: figures by month
SELECT to_char(month, 'YYYY-MM') AS month, @book_figures, provisional
FROM (
    SELECT date_trunc('month', day) AS month, @book_sums
    FROM (
        SELECT day, @book_days
        FROM village_books AS b
        WHERE @in_days AND @of_communes
        GROUP BY day
    ) AS days
    GROUP BY 1
) AS sums
ORDER BY 1 DESC;

-- communes: figures by commune, the worst first
SELECT commune_code, name, households, @book_figures
FROM (
    SELECT commune_code, @book_sums
    FROM (
        SELECT commune_code, day, @book_days
        FROM village_books AS b JOIN villages AS v USING (village_code)
        WHERE @in_days AND @in_commune
        GROUP BY commune_code, day
    ) AS days
    GROUP BY commune_code
) AS sums
JOIN communes USING (commune_code)
ORDER BY saidi DESC NULLS LAST, commune_code;

-- operators: figures of operators' links, side by side
SELECT name AS operator, (
        SELECT count(*) FROM links AS l
        WHERE l.operator_code = sums.operator_code AND l.retired_at IS NULL
    ) AS links, @book_figures
FROM (
    SELECT operator_code, @book_sums
    FROM (
        SELECT operator_code, day, @book_days
        FROM link_books AS b
        JOIN links AS l USING (link_code)
        WHERE @in_days AND @of_communes AND @in_operator
        GROUP BY operator_code, day
    ) AS days
    GROUP BY operator_code
) AS sums
JOIN operators USING (operator_code)
ORDER BY operator;

-- villages: the villages with most minutes without service
SELECT village_code, v.name, c.name AS commune, v.households, gross_percent, net_percent,
    network_percent, saidi, saifi, caidi, observed_percent
FROM (
    SELECT village_code, @book_figures
    FROM (
        SELECT village_code, @book_sums
        FROM (
            SELECT village_code, @book_rows
            FROM village_books AS b
            WHERE @in_days AND @of_communes
        ) AS days
        GROUP BY village_code
    ) AS sums
    ORDER BY saidi DESC NULLS LAST, village_code
    LIMIT 100
) AS worst
JOIN villages AS v USING (village_code)
JOIN communes AS c USING (commune_code)
ORDER BY saidi DESC NULLS LAST, village_code;

-- revisions: what was changed in books of days that were over
SELECT at, kind, day::text AS day, subject, code, reason
FROM book_revisions
WHERE $__timeFilter(at)
ORDER BY at DESC, revision_id DESC
LIMIT 100;
