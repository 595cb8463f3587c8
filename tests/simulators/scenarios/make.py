"""Builders of what the tests of scenarios need."""

from textwrap import dedent, indent

from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import parse_scenario

HEAD = """\
title: A trial
story: Something happens.
start: 2026-03-02T08:00:00+07:00
lasts: 1h
"""
"""Four lines; faults begin in line 6."""


def make_text(faults: str) -> str:
    """Return a scenario file with these faults, a YAML list."""
    return f"{HEAD}faults:\n{indent(dedent(faults).strip(), '  ')}\n"


def make_scenario(faults: str) -> Scenario:
    return parse_scenario(make_text(faults).encode(), "trial", "trial.yaml")


def make_cut(name: str, target: str, at: str = "20m") -> str:
    """Return a fault, an entry of a YAML list."""
    return f"- {{name: {name}, fault: cut, at: {at}, lasts: 10m, target: {{{target}}}}}\n"
