"""The store: incidents, spells, windows and mutes in the database, written and read."""
