-- Which days of a span have books, and how many of their rows may still be rewritten.
SELECT day, count(*) FILTER (WHERE status = 'provisional')
FROM village_days WHERE day BETWEEN %(first)s AND %(last)s
GROUP BY day ORDER BY day
