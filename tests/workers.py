"""How tests are shared out between processes, each of which has servers of its own.

`make test` runs the suite in one process more than the machine has processors, because tests
wait for servers about as long as they compute. What a process made for one test, it keeps for
the others; so what tests share decides what stays together:

- tests below a place of `_TOGETHER`, the first that fits, share what takes seconds to make, such
  as a database with a past: one process has them all;
- each test below `_APART` is long and makes all it needs itself: any process may have it;
- of any other module, one process has all tests.

Those come first, then what is below `_LONG` or has servers: so no process is left alone with
something long in the end.
"""

import os
from typing import Any, Final

import pytest
from xdist.scheduler.loadscope import (  # type: ignore[import-untyped]  # it has no types
    LoadScopeScheduling,
)

from deploy import ports
from tests.servers import BROKER_VARIABLE, DATABASE_VARIABLE

_TOGETHER: Final = (
    "tests/dashboards/test_simulated.py",
    "tests/dashboards/",
    "tests/gateway/access/",
    "tests/gateway/api/",
    "tests/gateway/page/",
)
_APART: Final = (
    "tests/faults/",
    "tests/deploy/test_demo.py",
    "tests/rules/backtest/test_history.py",
    "tests/rules/test_replay.py",
    "tests/rules/test_scenarios.py",
)
_LONG: Final = ("tests/simulators/live/", "tests/simulators/offline/")
_SERVERS: Final = frozenset({"toolchain", "database_server_url", "broker_url_of"})
"""Fixtures that start servers, or have those that do."""


def unit_of(nodeid: str) -> str:
    """Return the name of what a test is never parted from."""
    for place in _TOGETHER:
        if nodeid.startswith(place):
            return place
    return nodeid if nodeid.startswith(_APART) else nodeid.partition("::")[0]


class Units(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Gives each process another unit when it has nearly done what it has."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Units:
    """Share out unit by unit, in the order of `pytest_collection_modifyitems`."""
    config.option.loadscopereorder = False
    return Units(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` starts: none where servers are given to us.

    Tests of one process take turns at those; tests of several would meet there.
    """
    if DATABASE_VARIABLE in os.environ or BROKER_VARIABLE in os.environ:
        return 0
    return len(os.sched_getaffinity(0)) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Give each process ports of its own: a server that is down must find its port free."""
    if process := _place_of(config):
        number = int(process["workerid"].removeprefix("gw"))
        patch = pytest.MonkeyPatch()
        patch.setattr(ports, "_CHOICE", ports._CHOICE[number :: process["workercount"]])
        config.add_cleanup(patch.undo)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put long units first: those that are named here, then those with servers."""
    if not _place_of(config):
        return
    long = {
        unit_of(item.nodeid)
        for item in items
        if item.nodeid.startswith(_LONG) or _SERVERS & _fixtures_of(item)
    }

    def rank(item: pytest.Item) -> int:
        if item.nodeid.startswith(_TOGETHER + _APART):
            return 0
        return 1 if unit_of(item.nodeid) in long else 2

    items.sort(key=rank)


def _place_of(config: pytest.Config) -> dict[str, Any]:
    """Return what xdist tells a process of its place among others; nothing if there are none."""
    place: dict[str, Any] = getattr(config, "workerinput", {})
    return place


def _fixtures_of(item: pytest.Item) -> set[str]:
    return set(item.fixturenames) if isinstance(item, pytest.Function) else set()
