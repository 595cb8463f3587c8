"""The database: who we are there, its migrations, its editions, the names of its relations."""
