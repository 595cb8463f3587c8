-- Sums of the books of villages, by what is asked for. Household-seconds, and households hit.
SELECT
    CASE %(by)s
        WHEN 'village' THEN village_code WHEN 'commune' THEN commune_code WHEN 'province' THEN province_code
        ELSE ''
    END AS code,
    min(CASE %(by)s
        WHEN 'village' THEN concat(villages.name, ', ', communes.name)
        WHEN 'commune' THEN communes.name ELSE provinces.name
    END),
    count(DISTINCT village_code),
    count(DISTINCT day) AS days,
    sum(village_books.households)::bigint AS household_days,
    sum(village_books.households::bigint * (
        served_seconds + degraded_seconds + down_seconds + unknown_seconds))::bigint,
    sum(village_books.households::bigint * degraded_seconds)::bigint,
    sum(village_books.households::bigint * down_seconds)::bigint,
    sum(village_books.households::bigint * unknown_seconds)::bigint,
    sum(village_books.households::bigint * maintenance_seconds)::bigint,
    sum(village_books.households::bigint * mains_seconds)::bigint,
    sum(village_books.households::bigint * battery_seconds)::bigint,
    sum(village_books.households::bigint * backhaul_seconds)::bigint,
    sum(village_books.households::bigint * radio_seconds)::bigint,
    sum(village_books.households::bigint * access_seconds)::bigint,
    sum(village_books.households::bigint * core_seconds)::bigint,
    sum(village_books.households::bigint * unexplained_seconds)::bigint,
    sum(village_books.households::bigint * sustained)::bigint,
    sum(village_books.households::bigint * momentary)::bigint,
    sum(village_books.households::bigint * sustained_net)::bigint,
    sum(village_books.households::bigint * momentary_net)::bigint,
    sum(village_books.households::bigint * sustained_network)::bigint,
    sum(village_books.households::bigint * momentary_network)::bigint,
    count(*) FILTER (WHERE status = 'provisional'),
    count(*) FILTER (WHERE status = 'correction')
FROM village_books
JOIN villages USING (village_code)
JOIN communes USING (commune_code)
JOIN provinces USING (province_code)
WHERE day BETWEEN %(first)s AND %(last)s
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
GROUP BY 1
ORDER BY 1
