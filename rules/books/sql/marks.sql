-- What has to be looked at again, as villages; nobody's is everybody's.
SELECT mark_id, coalesce(book_marks.village_code, links.village_code), since, until, reason,
    book_marks.village_code IS NULL AND book_marks.link_code IS NULL
FROM book_marks LEFT JOIN links USING (link_code)
ORDER BY mark_id
