"""The story of some days: everything breaks in them, and some of it is broken at their end."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import parse_scenario

MARGIN: Final = timedelta(hours=6)
"""How long a story goes on behind the present, which comes while a database is being filled."""

Faults = tuple[Mapping[str, Any], ...]

_CHAPTERS: Final[Faults] = (
    {"feeder": {"fault": "mains_off", "lasts": 150, "target": {"kind": "power_feeder"}}},
    {
        "weather": {"fault": "noise", "lasts": 200, "missed": 5, "stalls": 4},
        "storm-a": {"fault": "cut", "after": 30, "lasts": 120, "target": {"kind": "village"}},
        "storm-b": {"fault": "cut", "after": 60, "lasts": 90, "target": {"kind": "village"}},
        "storm-c": {"fault": "cut", "after": 70, "lasts": 110, "target": {"kind": "splitter"}},
    },
    {
        "flapping": {
            "fault": "flap",
            "lasts": 200,
            "down": "25m",
            "up": "20m",
            "target": {"kind": "link", "devices": 1},
        }
    },
    {
        "skew": {
            "fault": "clock_skew",
            "lasts": 200,
            "skew": "10m",
            "target": {"kind": "device", "share": "20%"},
        }
    },
    {
        "stuck": {"fault": "stick", "lasts": 230, "target": {"kind": "sensor"}},
        "unplugged": {
            "fault": "unplug",
            "within": "1h",
            "lasts": 120,
            "target": {"kind": "device", "count": 3, "scattered": True},
        },
    },
    {
        "broker": {"fault": "broker_down", "lasts": 15, "how": "crash"},
        "ingest": {"fault": "service_down", "after": 60, "lasts": 20, "service": "ingest"},
        "disorder": {
            "fault": "delivery",
            "after": 120,
            "lasts": 100,
            "duplicates": "20%",
            "delayed": "20%",
            "up_to": "2m",
        },
    },
    {
        "site": {"fault": "cut", "lasts": 120, "cause": "fibre", "target": {"kind": "site"}},
        "crowd": {
            "fault": "degrade",
            "after": 30,
            "lasts": 200,
            "loss": "8%",
            "rtt_factor": 4,
            "ramp": "20m",
            "target": {"kind": "cell"},
        },
    },
    {
        "window": {
            "fault": "maintenance",
            "after": 30,
            "announced": "30m",
            "lasts": 90,
            "target": {"kind": "olt"},
        },
        "work": {
            "fault": "cut",
            "after": 30,
            "lasts": 90,
            "planned": True,
            "target": {"same_as": "window"},
        },
        "overrun": {"fault": "cut", "after": 120, "lasts": 60, "target": {"same_as": "window"}},
    },
    {
        "ring": {"fault": "cut", "lasts": 100, "target": {"kind": "aggregation"}},
        "crashes": {
            "fault": "reboot",
            "after": 150,
            "within": "2m",
            "target": {"kind": "device", "share": "5%"},
        },
    },
    {"connector": {"fault": "cut", "lasts": 130, "target": {"kind": "card"}}},
)
"""What breaks together, and minutes after the chapter's begin; all of it is over in four hours."""

_PRESENT: Final[Mapping[str, Any]] = {
    "now-sensors": {"fault": "unplug", "since": 1_800, "target": {"kind": "sensor", "count": 3}},
    "now-stuck": {
        "fault": "stick",
        "since": 300,
        "target": {"kind": "sensor", "apart_from": ["now-sensors"]},
    },
    "now-window": {
        "fault": "maintenance",
        "since": 50,
        "announced": "5h",
        "target": {"kind": "olt"},
    },
    "now-work": {
        "fault": "cut",
        "since": 50,
        "planned": True,
        "target": {"same_as": "now-window"},
    },
    "now-dark": {
        "fault": "cut",
        "since": 200,
        "each": True,
        "cause": "fibre",
        "target": {"kind": "village", "count": 3, "apart_from": ["now-window"]},
    },
    "now-site": {"fault": "cut", "since": 180, "target": {"kind": "site"}},
    # Announced, and nothing came of it.
    "site-window": {
        "fault": "maintenance",
        "since": 600,
        "announced": "5h",
        "lasts": "1h",
        "target": {"same_as": "now-site"},
    },
    "now-loss": {
        "fault": "degrade",
        "since": 190,
        "loss": "9%",
        "rtt_factor": 2,
        "target": {"kind": "card", "apart_from": ["now-window"]},
    },
    "now-mains": {"fault": "mains_off", "since": 90, "target": {"kind": "power_feeder"}},
}
"""What is broken at the present, and since how many minutes; or was, where it says how long."""

_CHAPTER: Final = timedelta(hours=4)
_BEGIN: Final = timedelta(hours=4)
_END: Final = timedelta(hours=6)


def tell(days: float, interval: timedelta, present: datetime) -> Scenario:
    """Return a story whose last days lie before the present.

    Args:
        days: how many; two at the least.
        interval: between two reports of a link.
        present: when they are over; what is broken then goes on for `MARGIN`.
    """
    length = timedelta(days=days)
    faults = [*_past(length), *_lasting(length)]
    told = {
        "title": f"{days:g} days of everything",
        "story": "Made by tests/dashboards/simulated/story.py.",
        "start": (present - length).isoformat(timespec="seconds"),
        "lasts": _minutes(length + MARGIN),
        # What the present is like does not change while somebody looks at it.
        "conditions": {"interval": _minutes(interval), "stalls": 0.1, "olt_battery": "12h"},
        "faults": faults,
    }
    # JSON is YAML, and the reader checks what models do not.
    return parse_scenario(json.dumps(told).encode(), "days-of-everything", "story.py")


def _past(length: timedelta) -> Iterator[dict[str, Any]]:
    """Yield what broke and was mended: at most a chapter a day, each once at the least."""
    room = length - _BEGIN - _END
    apart = min(timedelta(days=1), (room - _CHAPTER) / (len(_CHAPTERS) - 1))
    for number in range(int((room - _CHAPTER) / apart) + 1):
        begins = _BEGIN + number * apart
        for name, fault in _CHAPTERS[number % len(_CHAPTERS)].items():
            after = timedelta(minutes=fault.get("after", 0))
            made = {"name": f"{name}-{number}", **fault, "at": _minutes(begins + after)}
            made.pop("after", None)
            if "lasts" in made:
                made["lasts"] = f"{made['lasts']}m"
            yield _with_names(made, f"-{number}")


def _lasting(length: timedelta) -> Iterator[dict[str, Any]]:
    for name, fault in _PRESENT.items():
        made = {"name": name, **fault}
        since = timedelta(minutes=made.pop("since"))
        made["at"] = _minutes(length - since)
        made.setdefault("lasts", _minutes(since + MARGIN / 2))
        yield made


def _with_names(fault: dict[str, Any], ending: str) -> dict[str, Any]:
    """Have a target speak of the faults of its own chapter."""
    target = dict(fault.get("target", {}))
    if "same_as" in target:
        target["same_as"] += ending
    return fault | ({"target": target} if target else {})


def _minutes(duration: timedelta) -> str:
    return f"{round(duration / timedelta(minutes=1))}m"
