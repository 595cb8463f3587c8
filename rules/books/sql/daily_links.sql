-- B-SAIDI of each day of a history, in minutes; gross.
SELECT day, sum(link_books.households::bigint * down_seconds) / 60.0
    / nullif(sum(link_books.households), 0)
FROM link_books JOIN links USING (link_code) JOIN villages USING (village_code)
WHERE day BETWEEN %(first)s AND %(last)s
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(operator)s::text IS NULL OR operator_code = %(operator)s)
GROUP BY day
