"""Pushing dashboards to a Grafana from an operator's machine; services never do."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from dashboards.client import Grafana
from dashboards.datasource import UID, leads_to
from dashboards.errors import GrafanaError, HandEditedError, ReadOnlyError, VersionError
from dashboards.plan import Standing, Step, Wanted, make_plan

OLDEST: Final = (12, 4)
"""The oldest version that the dashboards are made for."""

BEFORE: Final = (14, 0)
"""The first version that nobody has tried."""

_SHOWN: Final = 12
"""Differences shown of one dashboard when a push stops because of it."""


async def check_grafana(grafana: Grafana) -> None:
    """Refuse a Grafana that the dashboards are not made for, or that lacks their data source.

    Raises:
        VersionError: its version is too old or too new.
        GrafanaError: it has no such data source; or one of the kinds of that error.
    """
    # The token is looked at first: some versions hide what they are from strangers.
    if await grafana.data_source(UID) is None:
        raise GrafanaError(
            f"{grafana.url}: has no data source with the uid {UID}; give --database, or provision "
            f"it first, as deploy/compose/grafana/datasources.yml does"
        )
    version = await grafana.version()
    if version is None:
        return
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or not OLDEST <= (int(found[1]), int(found[2])) < BEFORE:
        raise VersionError(
            f"{grafana.url}: is Grafana {version}; the dashboards are made for "
            f"{OLDEST[0]}.{OLDEST[1]} up to {BEFORE[0] - 1}.x"
        )


async def provide_data_source(
    grafana: Grafana, source: Mapping[str, Any], tell: Callable[[str], None]
) -> None:
    """Make the data source where there is none; one that is there stays as it is.

    Args:
        grafana: the Grafana.
        source: as the API takes it.
        tell: takes a line about it.

    Raises:
        ReadOnlyError: the token may not make one.
    """
    found = await grafana.data_source(UID)
    if found is None:
        await grafana.make_data_source(source)
        tell(f"data source {UID}: made, of {leads_to(source)}")
    elif leads_to(found) != leads_to(source):
        tell(f"data source {UID}: is there, and stays: of {leads_to(found)}")


async def push(
    grafana: Grafana, wanted: Sequence[Wanted], *, force: bool, tell: Callable[[str], None]
) -> int:
    """Bring a Grafana's dashboards to what is wanted; return how many were written.

    Nothing is written while any of them was edited by hand, unless `force` is given.

    Args:
        grafana: the Grafana, checked before.
        wanted: the dashboards.
        force: whether edits by hand are overwritten.
        tell: takes a line about each dashboard.

    Raises:
        HandEditedError: dashboards were edited by hand; the message shows how they differ.
        ReadOnlyError: one comes from a file of the server, or may not be written.
    """
    steps = await make_plan(grafana, wanted)
    _refuse_files(grafana, steps)
    if not force:
        _refuse_edits(grafana, steps)
    todo = [step for step in steps if step.standing is not Standing.SAME]
    await _make_folders(grafana, [step.wanted for step in todo])
    for step in todo:
        replaces = step.found.version if step.found else None
        one = step.wanted
        await grafana.save(one.dashboard, one.folder_uid, one.message, replaces)
        tell(f"{one.uid}: written, was {step.standing}")
    return len(todo)


async def _make_folders(grafana: Grafana, wanted: Iterable[Wanted]) -> None:
    for uid, title in dict.fromkeys((one.folder_uid, one.folder_title) for one in wanted):
        if not await grafana.has_folder(uid):
            await grafana.make_folder(uid, title)


def _refuse_files(grafana: Grafana, steps: Iterable[Step]) -> None:
    files = [step.wanted.uid for step in steps if step.standing is Standing.FROM_FILE]
    if files:
        raise ReadOnlyError(
            f"{grafana.url}: reads these dashboards from files of the server, so the API may not "
            f"write them: {', '.join(files)}"
        )


def _refuse_edits(grafana: Grafana, steps: Iterable[Step]) -> None:
    edited = [step for step in steps if step.standing is Standing.EDITED]
    if not edited:
        return
    lines = [f"{grafana.url}: edited by hand since; --force overwrites:"]
    for step in edited:
        by = f" by {step.found.saved_by}" if step.found and step.found.saved_by else ""
        lines += [f"{step.wanted.uid}{by}", *shown(step.differences)]
    raise HandEditedError("\n".join(lines))


def shown(differences: Sequence[str]) -> list[str]:
    """Return the first differences, indented, and how many more there are."""
    more = len(differences) - _SHOWN
    lines = [f"  {line[:200]}" for line in differences[:_SHOWN]]
    return [*lines, f"  and {more} more"] if more > 0 else lines
