-- The API lists incidents in the order in which they were opened: that never changes, as the time
-- when they began may.

CREATE INDEX incidents_opened_at ON incidents (opened_at);
