-- B-SAIDI of each day of a history, in minutes; gross.
SELECT day, sum(village_books.households::bigint * down_seconds) / 60.0
    / nullif(sum(village_books.households), 0)
FROM village_books JOIN villages USING (village_code)
WHERE day BETWEEN %(first)s AND %(last)s
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
GROUP BY day
