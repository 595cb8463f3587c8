"""The chain of migrations: numbered plain SQL, applied in order, never edited once applied."""
