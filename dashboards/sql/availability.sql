-- figures: figures of the chosen communes in this time
SELECT @book_figures
FROM (
    SELECT @book_sums
    FROM village_books AS b JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
) AS sums;

-- built: when the books were last computed, seconds ago, and how many of their rows may still change
SELECT extract(epoch FROM now() - max(built_at))::double precision AS seconds,
    100.0 * count(*) FILTER (WHERE status = 'provisional') / nullif(count(*), 0) AS provisional
FROM village_books
WHERE @in_days;

-- daily: minutes without service of the average household, each local day
SELECT (day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time, gross / 60 / nullif(households, 0) AS gross,
    net / 60 / nullif(households, 0) AS net, network / 60 / nullif(households, 0) AS network
FROM (
    SELECT day, @book_sums
    FROM village_books AS b JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
    GROUP BY day
) AS sums
ORDER BY 1;

-- frequency: sustained outages of the average household, each local day
SELECT (day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time, sustained / nullif(households, 0) AS saifi
FROM (
    SELECT day, @book_sums
    FROM village_books AS b JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
    GROUP BY day
) AS sums
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
    FROM village_books AS b JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
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
    FROM village_books AS b JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
    GROUP BY 1
) AS sums
ORDER BY 1 DESC;

-- communes: figures by commune, the worst first
SELECT commune_code, name, households, @book_figures
FROM (
    SELECT v.commune_code, c.name, @book_sums
    FROM village_books AS b
    JOIN villages AS v USING (village_code)
    JOIN communes AS c ON c.commune_code = v.commune_code
    WHERE @in_days AND ('' IN (${commune:sqlstring}) OR v.commune_code IN (${commune:sqlstring}))
    GROUP BY v.commune_code, c.name
) AS sums
ORDER BY saidi DESC NULLS LAST, commune_code;

-- operators: figures of operators' links, side by side
SELECT operator, links, @book_figures
FROM (
    SELECT o.name AS operator, count(DISTINCT b.link_code) AS links, @book_sums
    FROM link_books AS b
    JOIN links AS l USING (link_code)
    JOIN operators AS o USING (operator_code)
    JOIN villages AS v USING (village_code)
    WHERE @in_days AND @in_commune
        AND ('' IN (${operator:sqlstring}) OR l.operator_code IN (${operator:sqlstring}))
    GROUP BY o.operator_code, o.name
) AS sums
ORDER BY operator;

-- villages: the villages with most minutes without service
SELECT village_code, name, commune, households, @book_figures
FROM (
    SELECT b.village_code, v.name, c.name AS commune, @book_sums
    FROM village_books AS b
    JOIN villages AS v USING (village_code)
    JOIN communes AS c ON c.commune_code = v.commune_code
    WHERE @in_days AND ('' IN (${commune:sqlstring}) OR v.commune_code IN (${commune:sqlstring}))
    GROUP BY b.village_code, v.name, c.name
) AS sums
ORDER BY saidi DESC NULLS LAST, village_code
LIMIT 100;

-- revisions: what was changed in books of days that were over
SELECT at, kind, day::text AS day, subject, code, reason
FROM book_revisions
WHERE $__timeFilter(at)
ORDER BY at DESC, revision_id DESC
LIMIT 100;
