-- What was looked at.
DELETE FROM book_marks WHERE mark_id = ANY (%(marks)s)
