"""Pushing dashboards to a Grafana from an operator's machine; services never do."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from dashboards.client import Grafana
from dashboards.datasource import UID, leads_to, unfit
from dashboards.errors import GrafanaError, HandEditedError, ReadOnlyError, VersionError
from dashboards.plan import Standing, Step, Wanted, make_plan

OLDEST: Final = (12, 4)
"""The oldest version that the dashboards are made for."""

BEFORE: Final = (14, 0)
"""The first version that nobody has tried."""

_SHOWN: Final = 12
"""Differences shown of one dashboard when a push stops because of it."""

_WIDTH: Final = 200
"""Letters shown of one of them."""


async def check_grafana(grafana: Grafana) -> None:
    """Refuse a Grafana that the dashboards are not made for, or that lacks their data source.

    Raises:
        VersionError: its version is too old or too new.
        GrafanaError: it has no such data source; or one of the kinds of that error.
    """
    await check_version(grafana)
    await check_data_source(grafana)


async def check_version(grafana: Grafana) -> None:
    """Refuse what is no Grafana, and one that the dashboards are not made for.

    Raises:
        VersionError: its version is too old or too new.
        GrafanaError: it is none.
    """
    version = await grafana.version()
    if version is None:
        return
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or not OLDEST <= (int(found[1]), int(found[2])) < BEFORE:
        raise VersionError(
            f"{grafana.url}: is Grafana {version}; the dashboards are made for "
            f"{OLDEST[0]}.{OLDEST[1]} up to {BEFORE[0] - 1}.x"
        )


async def check_data_source(grafana: Grafana) -> None:
    """Refuse a Grafana whose data source the dashboards cannot ask.

    Raises:
        GrafanaError: it has none of our uid, or one of another kind.
    """
    source = await grafana.data_source(UID)
    if source is None:
        raise GrafanaError(
            f"{grafana.url}: has no data source with the uid {UID}; give --database, or provision "
            f"it first, as deploy/compose/grafana/datasources.yml does"
        )
    if wrong := unfit(source):
        raise GrafanaError(
            f"{grafana.url}: the data source with the uid {UID} {wrong}; make it as "
            f"deploy/compose/grafana/datasources.yml does"
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
    await _prepare_folders(grafana, todo)
    for step in todo:
        replaces = step.found.version if step.found else None
        one = step.wanted
        await grafana.save(one.dashboard, one.folder_uid, one.message, replaces)
        tell(f"{one.uid}: written, was {step.standing}")
    return len(todo)


async def _prepare_folders(grafana: Grafana, steps: Sequence[Step]) -> None:
    """Make the folders that are missing, once it is sure that all dashboards may be saved."""
    folders = {step.wanted.folder_uid: step.wanted.folder_title for step in steps}
    rights = {uid: await grafana.may_save_in(uid) for uid in folders}
    refused = [f"the folder {folders[uid]!r} ({uid})" for uid in folders if rights[uid] is False]
    refused += [step.wanted.uid for step in steps if step.found and not step.found.writable]
    if refused:
        raise ReadOnlyError(
            f"{grafana.url}: may not be written with this token: {', '.join(refused)}; nothing was "
            f"written"
        )
    for uid, title in folders.items():
        if rights[uid] is None:
            await grafana.make_folder(uid, title)


def _refuse_files(grafana: Grafana, steps: Iterable[Step]) -> None:
    files = [step.wanted.uid for step in steps if step.standing is Standing.FROM_FILE]
    if files:
        raise ReadOnlyError(
            f"{grafana.url}: reads these dashboards from files of the server, so the API may not "
            f"write them: {', '.join(files)}"
        )


def _refuse_edits(grafana: Grafana, steps: Iterable[Step]) -> None:
    edited = [step for step in steps if step.standing in {Standing.EDITED, Standing.MOVED}]
    if not edited:
        return
    lines = [f"{grafana.url}: edited or moved by hand since; --force overwrites:"]
    for step in edited:
        by = f" by {step.found.saved_by}" if step.found and step.found.saved_by else ""
        lines += [f"{step.wanted.uid}: {step.standing}{by}", *shown(step.differences)]
    raise HandEditedError("\n".join(lines))


def shown(differences: Sequence[str]) -> list[str]:
    """Return the first differences, indented and cut, and how many more there are."""
    more = len(differences) - _SHOWN
    lines = [f"  {line[:_WIDTH]}" for line in differences[:_SHOWN]]
    return [*lines, f"  and {more} more: diff --full"] if more > 0 else lines
