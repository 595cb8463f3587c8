"""The foreign desk: a message of another system is translated, sent and kept, or it is not taken.

Whoever brought the message is told that it is safe once `settle` has returned, and no sooner: the
broker has confirmed what was published, and the database has committed what was refused.
"""

import asyncio
from collections.abc import Mapping, Sequence

from gateway.door.instruments import Instruments
from gateway.door.letters import keep
from gateway.door.parcel import Outgoing, Packer, Parcel
from gateway.door.publisher import Publisher
from gateway.translation import Adapter, Incoming, Outcome, Refusal, RefusalReason
from runtime.broker.errors import PublishRefusedError
from runtime.clock import Clock
from runtime.database.pool import Pool
from runtime.logs import get_logger

log = get_logger(__name__)


class NoInventoryError(Exception):
    """There is no inventory yet."""


class Foreign:
    """Takes messages of other systems.

    Args:
        adapters: by name.
        packer: makes parcels of what they say.
        publisher: takes what is good.
        pool: of connections to the database, which takes what is refused.
        instruments: counts outcomes.
        clock: tells the time.

    Attributes:
        adapters: by name.
        inventory_loaded: set once there is an inventory; before that nothing can be packed.
    """

    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        packer: Packer,
        publisher: Publisher,
        pool: Pool,
        instruments: Instruments,
        clock: Clock,
    ) -> None:
        self.adapters = adapters
        self.inventory_loaded = packer.registry.loaded
        self._packer = packer
        self._publisher = publisher
        self._pool = pool
        self._instruments = instruments
        self._clock = clock
        self._broken: set[tuple[str, type[Exception]]] = set()
        self._refused: set[str] = set()

    async def pack(self, adapter: Adapter, incoming: Incoming, outcome: Outcome) -> Parcel:
        """Return the parcel of a translated message; for strangers the inventory is looked at.

        Raises:
            NoInventoryError: there is none yet, so that everybody is a stranger.
        """
        if not self._packer.registry.loaded.is_set():
            raise NoInventoryError
        if self._packer.has_strangers(outcome):
            await self._packer.registry.look_for_strangers()
        now = self._clock.now()
        try:
            return self._packer.pack(adapter.name, incoming, outcome, now)
        except Exception as error:  # noqa: BLE001 - logged once as a bug
            # Heard over MQTT it would come again, and end the gateway each time.
            return self._packer.pack(adapter.name, incoming, self._bug(adapter, error), now)

    def translate(self, adapter: Adapter, incoming: Incoming) -> Outcome:
        """Return what an adapter makes of a message; a bug in it is a refusal."""
        try:
            return adapter.translate(incoming)
        except Exception as error:  # noqa: BLE001 - logged once as a bug
            return self._bug(adapter, error)

    def _bug(self, adapter: Adapter, error: Exception) -> Outcome:
        """Return the refusal of what an adapter fails on, or makes that cannot be sent."""
        kind = (adapter.name, type(error))
        if kind not in self._broken:
            self._broken.add(kind)
            log.error("an adapter failed: a bug", adapter=adapter.name, exc_info=error)
        detail = f"{type(error).__name__}: {error}"
        return Outcome(refusals=[Refusal(RefusalReason.UNDECODABLE, detail)])

    async def settle(self, parcels: Sequence[Parcel]) -> None:
        """Publish what is good and keep what is refused.

        Raises:
            PublishError: the broker does not take it now; some may be published.
            psycopg.Error: the database does not; all may be published.
        """
        await self.publish(parcels)
        letters = [letter for parcel in parcels for letter in parcel.letters]
        if letters:
            async with self._pool.connection() as connection:
                await keep(connection, letters)

    async def publish(self, parcels: Sequence[Parcel]) -> None:
        """Publish what is good; what the broker will never take becomes a letter of its parcel.

        Raises:
            PublishError: the broker does not take it now; some may be published.
        """
        outgoing = [(parcel, each) for parcel in parcels for each in parcel.outgoing]
        # Not all at once: what is more than may wait would be refused each time anew.
        some = self._publisher.at_once
        for first in range(0, len(outgoing), some):
            await self._publish(outgoing[first : first + some])

    async def _publish(self, outgoing: Sequence[tuple[Parcel, Outgoing]]) -> None:
        # Awaited all, so that none goes on alone when another fails.
        sent = await asyncio.gather(
            *(
                self._publisher.publish(each.topic, each.payload, retain=each.retain)
                for _, each in outgoing
            ),
            return_exceptions=True,
        )
        away = None
        for (parcel, each), failure in zip(outgoing, sent, strict=True):
            if isinstance(failure, PublishRefusedError) and failure.lasts:
                # Tried for ever, it would keep back all that comes behind it.
                self._refuse(parcel, each, failure)
            else:
                away = away or failure
        if away is not None:
            raise away

    def _refuse(self, parcel: Parcel, outgoing: Outgoing, error: PublishRefusedError) -> None:
        if parcel.adapter not in self._refused:
            self._refused.add(parcel.adapter)
            log.warning("the broker refuses a message", adapter=parcel.adapter, reason=str(error))
        parcel.refuse(outgoing, str(error))

    def count(self, adapter: str, parcel: Parcel) -> None:
        """Count a message that was settled."""
        self._instruments.foreign(adapter, parcel)
