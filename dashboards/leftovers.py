"""Leftovers: dashboards that a push brought to a Grafana, and that no board gives any more."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboards.client import Found, Grafana
from dashboards.links import TAG, UID_PREFIX
from dashboards.plan import Wanted, is_ours


class Kind(StrEnum):
    """What stands in the way of deleting a leftover."""

    FREE = "no board gives it any more"
    EDITED = "no board gives it any more, and it was edited by hand"
    FROM_FILE = "no board gives it any more, and it comes from a file of the server"


_WAYS: Final = {Kind.FREE: "--prune deletes it", Kind.EDITED: "--prune --force deletes it"}


@dataclass(frozen=True, slots=True)
class Leftover:
    """A dashboard that no board gives.

    Attributes:
        uid: its uid.
        found: as the Grafana has it.
    """

    uid: str
    found: Found

    @property
    def kind(self) -> Kind:
        """What stands in the way of deleting it."""
        if self.found.provisioned:
            return Kind.FROM_FILE
        return Kind.FREE if is_ours(self.found) else Kind.EDITED


async def find_leftovers(grafana: Grafana, wanted: Iterable[Wanted]) -> list[Leftover]:
    """Return dashboards with uid and tag of ours that are not wanted."""
    known = {one.uid for one in wanted}
    uids = [
        uid for uid in await grafana.tagged(TAG) if uid.startswith(UID_PREFIX) and uid not in known
    ]
    found = [(uid, await grafana.find(uid)) for uid in sorted(uids)]
    return [Leftover(uid, one) for uid, one in found if one is not None]


async def clear_leftovers(
    grafana: Grafana,
    wanted: Iterable[Wanted],
    *,
    prune: bool,
    force: bool,
    tell: Callable[[str], None],
) -> None:
    """Tell of leftovers, and delete them if asked.

    Args:
        grafana: the Grafana.
        wanted: the dashboards that there are.
        prune: whether they are deleted.
        force: whether those edited by hand are too.
        tell: takes a line about each.
    """
    deleted = {Kind.FREE, Kind.EDITED} if force else {Kind.FREE}
    for one in await find_leftovers(grafana, wanted):
        if prune and one.kind in deleted:
            await grafana.delete(one.uid)
            tell(f"{one.uid}: deleted: {one.kind}")
        else:
            tell("; ".join([f"{one.uid}: {one.kind}", *filter(None, [_WAYS.get(one.kind)])]))
