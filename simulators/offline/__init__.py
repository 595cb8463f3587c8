"""Offline: a modelled broker instead of a real one, and a log of all it would deliver."""
