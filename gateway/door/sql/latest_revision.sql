-- The revision of the inventory; 0 before the first import.
SELECT coalesce(max(revision), 0) FROM inventory_revisions
