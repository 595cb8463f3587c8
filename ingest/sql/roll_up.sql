-- Bring the roll-ups up to date with what was marked (Apache edition); tell whether there is
-- more to do at once.
SELECT more FROM roll_up(20000)
