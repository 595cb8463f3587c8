-- Sums of the books of links, by what is asked for. Household-seconds, and households hit.
SELECT
    CASE %(by)s
        WHEN 'link' THEN link_code WHEN 'village' THEN village_code
        WHEN 'commune' THEN commune_code WHEN 'operator' THEN operator_code WHEN 'province' THEN province_code
        ELSE ''
    END AS code,
    min(CASE %(by)s
        WHEN 'link' THEN concat(villages.name, ', ', operators.name, ' ', technology)
        WHEN 'village' THEN concat(villages.name, ', ', communes.name)
        WHEN 'commune' THEN communes.name WHEN 'operator' THEN operators.name
        ELSE provinces.name
    END),
    count(DISTINCT link_code),
    count(DISTINCT day) AS days,
    sum(link_books.households)::bigint AS household_days,
    sum(link_books.households::bigint * (
        served_seconds + degraded_seconds + down_seconds + unknown_seconds))::bigint,
    sum(link_books.households::bigint * degraded_seconds)::bigint,
    sum(link_books.households::bigint * down_seconds)::bigint,
    sum(link_books.households::bigint * unknown_seconds)::bigint,
    sum(link_books.households::bigint * maintenance_seconds)::bigint,
    sum(link_books.households::bigint * mains_seconds)::bigint,
    sum(link_books.households::bigint * battery_seconds)::bigint,
    sum(link_books.households::bigint * backhaul_seconds)::bigint,
    sum(link_books.households::bigint * radio_seconds)::bigint,
    sum(link_books.households::bigint * access_seconds)::bigint,
    sum(link_books.households::bigint * core_seconds)::bigint,
    sum(link_books.households::bigint * unexplained_seconds)::bigint,
    sum(link_books.households::bigint * sustained)::bigint,
    sum(link_books.households::bigint * momentary)::bigint,
    sum(link_books.households::bigint * sustained_net)::bigint,
    sum(link_books.households::bigint * momentary_net)::bigint,
    sum(link_books.households::bigint * sustained_network)::bigint,
    sum(link_books.households::bigint * momentary_network)::bigint,
    count(*) FILTER (WHERE status = 'provisional'),
    count(*) FILTER (WHERE status = 'correction')
FROM link_books
JOIN links USING (link_code)
JOIN operators USING (operator_code)
JOIN villages USING (village_code)
JOIN communes USING (commune_code)
JOIN provinces USING (province_code)
WHERE day BETWEEN %(first)s AND %(last)s
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(operator)s::text IS NULL OR operator_code = %(operator)s)
GROUP BY 1
ORDER BY 1
