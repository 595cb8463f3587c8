-- The first day of the books.
SELECT min(day) FROM village_days
