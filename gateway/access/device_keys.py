"""Keys of devices: made, rotated and revoked, at the gateway and at the broker together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from gateway.access.audit import AccessEntry, EntryKind, append
from gateway.access.broker_users import BrokerUsers
from gateway.access.credentials import digest, make_secret
from gateway.access.errors import AddedError, RevokedError, UnknownDeviceError
from gateway.access.queries import query
from runtime.wording import did_you_mean


@dataclass(frozen=True, slots=True)
class KeptKey:
    """The newest key of a device; `is_known`: the inventory has the device."""

    device_code: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    is_known: bool


class Enrolment:
    """Who may send as which device.

    Database and password file cannot change in one step. The file is written last before the
    commit: if that fails, it holds a password that nobody was told.

    Args:
        connection: as a login that may change keys; in no transaction.
        users: the broker's; None: devices of HTTP only.
        actor: who does it.
        now: the present.
    """

    def __init__(
        self, connection: AsyncConnection, users: BrokerUsers | None, actor: str, now: datetime
    ) -> None:
        self._connection = connection
        self._users = users
        self._actor = actor
        self._now = now

    async def add(self, codes: Sequence[str]) -> dict[str, str]:
        """Give devices their first keys, all or none; return the keys, by device.

        Raises:
            UnknownDeviceError: the inventory has no such device.
            AddedError: one has a key that holds.
            BrokerUsersError: the broker's password file cannot be written.
        """
        async with self._connection.transaction():
            await self._check_known(codes)
            for code in codes:
                row = await self._newest(code)
                if row is not None and row[0] is None:
                    raise AddedError(
                        f"device {code}: it has a key already; rotate it, or revoke it"
                    )
            return await self._renew(codes, EntryKind.DEVICE_ADDED)

    async def rotate(self, codes: Sequence[str]) -> dict[str, str]:
        """Give devices new keys in place of their old ones; return the new ones, by device.

        Raises:
            UnknownDeviceError: one has no key, or is not in the inventory.
            RevokedError: one's key was revoked.
            BrokerUsersError: the broker's password file cannot be written.
        """
        async with self._connection.transaction():
            await self._check_known(codes)
            for code in codes:
                await self._revoke(code)
            return await self._renew(codes, EntryKind.DEVICE_ROTATED)

    async def revoke(self, codes: Sequence[str]) -> None:
        """End devices' keys; they need not be in the inventory any more.

        Raises:
            UnknownDeviceError: one never had a key.
            RevokedError: one's key was revoked already.
            BrokerUsersError: the broker's password file cannot be written.
        """
        async with self._connection.transaction():
            for code in codes:
                await self._revoke(code)
                await self._note(EntryKind.DEVICE_REVOKED, code)
            if self._users is not None:
                self._users.shut_out(codes)

    async def _renew(self, codes: Sequence[str], kind: EntryKind) -> dict[str, str]:
        keys = {code: make_secret() for code in codes}
        for code, key in keys.items():
            values = {
                "code": code,
                "key_hash": digest(key),
                "now": self._now,
                "actor": self._actor,
            }
            try:
                await self._connection.execute(query("add_key"), values)
            except UniqueViolation:
                raise AddedError(f"device {code}: somebody gave it a key just now") from None
            await self._note(kind, code)
        if self._users is not None:
            self._users.let_in(keys)
        return keys

    async def _revoke(self, code: str) -> None:
        values = {"code": code, "now": self._now, "actor": self._actor}
        revoked = await self._connection.execute(query("revoke_key"), values)
        if revoked.rowcount:
            return
        row = await self._newest(code)
        if row is None:
            known = [each.device_code for each in await list_keys(self._connection)]
            raise UnknownDeviceError(
                f"device {code!r}: it was never given a key{did_you_mean(code, known)}"
            )
        raise RevokedError(
            f"device {code}: {row[1]} has revoked its key already, on {row[0]:%Y-%m-%d %H:%M} UTC;"
            " `device add` gives it a new one"
        )

    async def _newest(self, code: str) -> tuple[datetime | None, str | None] | None:
        cursor = await self._connection.execute(query("newest_key"), {"code": code})
        row: tuple[datetime | None, str | None] | None = await cursor.fetchone()
        return row

    async def _check_known(self, codes: Sequence[str]) -> None:
        rows = await (await self._connection.execute(query("device_codes"))).fetchall()
        known = {code for (code,) in rows}
        for code in codes:
            if code in known:
                continue
            hint = did_you_mean(code, known) if known else "; the database has no inventory yet"
            raise UnknownDeviceError(f"device {code!r}: the inventory has none of that code{hint}")

    async def _note(self, kind: EntryKind, code: str) -> None:
        at_broker = self._users is not None
        entry = AccessEntry(self._now, kind, self._actor, code, {"broker": at_broker})
        await append(self._connection, entry)


async def list_keys(connection: AsyncConnection) -> list[KeptKey]:
    """Return the newest key of each device that ever had one, by code."""
    async with connection.cursor(row_factory=class_row(KeptKey)) as cursor:
        await cursor.execute(query("list_keys"))
        return await cursor.fetchall()
