"""The rulebook that comes with Srepok, as data."""
