"""Scenarios: timelines of faults whose truth is known, each a YAML file of library/."""
