-- Drop what is older than the retention settings keep.
SELECT * FROM enforce_retention(%(now)s)
