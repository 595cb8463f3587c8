"""A database with a past that the product made: simulators, ingest, roll-ups, rules and books."""
