"""Timelines: values and outages at times, and what must be said of them at times, in YAML."""
