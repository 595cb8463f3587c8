"""A scene: what happens in the province while somebody looks at the live page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from gateway.access.identity import Scope
from gateway.access.tokens import TokenRequest, create_token, revoke_token
from province.inventory import Inventory
from province.places import Village
from rules.incidents.entries import entry_of
from rules.incidents.record import IncidentRecord, Status, Step, VillageImpact
from rules.model import (
    IncidentClass,
    LinkNotice,
    LinkState,
    Severity,
    VillageNotice,
    VillageState,
)
from rules.store.changes import (
    Change,
    IncidentChange,
    VillageChange,
    WatchChange,
    apply_changes,
    number,
)
from runtime.database.connection import DatabaseAddress, connect
from tests.gateway.gateway_world import GatewayWorld

EVERYTHING = "*"


@dataclass
class Scene:
    """Tells the database what the rules would, and makes tokens for whoever looks."""

    database: DatabaseAddress
    inventory: Inventory
    began_at: float
    _open: dict[str, IncidentRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, world: GatewayWorld) -> "Scene":
        return cls(world.owner, world.inventory, (_now() - timedelta(minutes=30)).timestamp())

    def villages(self, commune: int) -> list[Village]:
        """Return the villages of a commune, by its place in the inventory."""
        code = self.inventory.communes[commune].code
        return [village for village in self.inventory.villages if village.commune == code]

    async def all_is_well(self) -> None:
        """Everything is watched, and everything works."""
        at = self.began_at
        village = VillageNotice(at, EVERYTHING, VillageState.SERVED, at, "recovered")
        link = LinkNotice(at, EVERYTHING, LinkState.UP, at, "recovered")
        watch = WatchChange("tests", at, at + timedelta(hours=2).total_seconds())
        await self.tell([*number([village, link]), watch])

    async def outage(self, name: str, villages: Sequence[Village], minutes: float = 12) -> None:
        """Some villages lose their service by one incident."""
        now = _now().timestamp()
        since = now - 60 * minutes
        communes = tuple(sorted({village.commune for village in villages}))
        names = [one.name for one in self.inventory.communes if one.code in communes]
        record = IncidentRecord(
            incident=name,
            incident_class=IncidentClass.OUTAGE,
            severity=Severity.CRITICAL,
            status=Status.OPEN,
            root=(f"olt-{name}",),
            root_kind="olt",
            onset=since,
            opened_at=now,
            changed_at=now,
            reason="3 fell silent together, score 8.4",
            impacts=tuple(
                VillageImpact(each.code, each.households, VillageState.DARK, since)
                for each in sorted(villages, key=lambda village: village.code)
            ),
            communes=communes,
            operators=("vnpt",),
            summary={
                "en": f"Outage: OLT {name}, {', '.join(names)}",
                "vi": f"Mất kết nối: OLT {name}, {', '.join(names)}",
            },
            description={"en": "Tell the operator.", "vi": "Báo nhà mạng."},
        )
        self._open[name] = record
        dark = [
            VillageChange(VillageNotice(now, each.code, VillageState.DARK, since, "network"), name)
            for each in villages
        ]
        await self.tell([IncidentChange(record, entry_of(record)), *dark])

    async def over(self, name: str) -> None:
        """An incident ends, and its villages are served again."""
        now = _now().timestamp()
        record = self._open.pop(name)
        ended = replace(
            record,
            status=Status.CLEARED,
            step=Step.CLEARED,
            revision=record.revision + 1,
            changed_at=now,
            ended_at=now,
            cleared_at=now,
            impacts=tuple(replace(each, until=now) for each in record.impacts),
        )
        served = [
            VillageNotice(now, each.village, VillageState.SERVED, now, "recovered")
            for each in record.impacts
        ]
        await self.tell([IncidentChange(ended, entry_of(ended)), *number(served)])

    async def end_all(self) -> None:
        """End whatever is open."""
        for name in list(self._open):
            await self.over(name)

    async def token(self, name: str, scope: Scope, communes: Sequence[str] = ()) -> str:
        """Return the text of a new token."""
        async with await connect(self.database, "tests") as connection:
            wanted = TokenRequest(name, scope, communes=communes)
            return (await create_token(connection, wanted, actor="tests", now=_now())).text

    async def revoke(self, name: str) -> None:
        """Make a token of this name hold no longer."""
        async with await connect(self.database, "tests") as connection:
            await revoke_token(connection, name, actor="tests", now=_now())

    async def tell(self, changes: Sequence[Change]) -> None:
        """Write what the rules would write."""
        async with await connect(self.database, "tests") as connection:
            await apply_changes(connection, changes)


def _now() -> datetime:
    return datetime.now(UTC)
