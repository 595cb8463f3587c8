"""A trial: whose device a message is about, by an inventory, and notes for who reads it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gateway.door.clocks import ClockLimits
from gateway.door.judge import Judge, Kept
from gateway.door.registry import KnownDevice, KnownMetric
from gateway.errors import UsageError
from gateway.settings import GatewaySettings
from gateway.translation import Adapter, Outcome, Refusal, RefusalReason, Translated
from province.instants import parse_instant
from province.inventory import InventoryError, read_inventory
from province.metrics import catalogue
from province.topics import Channel
from runtime.wording import did_you_mean

_LIMITS: Final = ClockLimits(timedelta(days=365_000), timedelta(days=365_000))
"""A sample may be as old as it likes; notes say what the service would say of its time."""
_OLD: Final = timedelta(days=7)
_AHEAD: Final = timedelta(days=1)

Topics = dict[tuple[str, Channel], str]


class KnownNames:
    """The devices of an inventory, by their names in other systems.

    Args:
        path: of the inventory.
    """

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            UsageError: it cannot be read, or is none.
        """
        try:
            inventory = read_inventory(path)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from None
        except InventoryError as error:
            raise UsageError(str(error)) from None
        provinces = {commune.code: commune.province for commune in inventory.communes}
        self._by_name: dict[str, KnownDevice] = {}
        for device in inventory.devices:
            known = KnownDevice(
                device.code, provinces[device.commune], device.commune, device.kind.watches_link
            )
            self._by_name |= dict.fromkeys(device.aliases, known)
        self._metrics = {
            code: KnownMetric(metric.minimum, metric.maximum)
            for code, metric in catalogue().items()
        }

    def place(self, outcome: Outcome, now: datetime) -> Topics:
        """Return where each record goes; add to the outcome what the service would refuse."""
        topics: Topics = {}
        for record in outcome.translated:
            device = self._by_name.get(str(record.device))
            if device is None:
                detail = f"{record.device}: no device of the inventory has this alias"
                outcome.refusals.append(
                    Refusal(RefusalReason.UNKNOWN_DEVICE, detail, record.device)
                )
                continue
            topics[str(record.device), record.channel] = str(device.topic(record.channel))
            for fault in self._judged(device, record, now).faults:
                reason = _WORDS.get(fault.reason.value, RefusalReason.INVALID)
                outcome.refusals.append(Refusal(reason, str(fault), record.device))
        return topics

    def _judged(self, device: KnownDevice, record: Translated, now: datetime) -> Kept:
        judge = Judge(device, self._metrics, _LIMITS, now)
        if record.channel is Channel.STATUS:
            return judge.status(record.record)
        if record.channel is Channel.EVENT:
            return judge.event(record.record)
        return judge.reports([record.record])[0]


_WORDS: Final = {reason.value: reason for reason in RefusalReason}


def notes_on(outcome: Outcome, now: datetime) -> list[str]:
    """Return what the service would say of the times of records."""
    return list(dict.fromkeys(_notes(outcome, now)))


def _notes(outcome: Outcome, now: datetime) -> Iterator[str]:
    for record in outcome.translated:
        observed_at = record.record.get("observed_at")
        if observed_at is None:
            continue
        age = now - parse_instant(observed_at)
        if age > _OLD:
            yield f"{observed_at} is {age.days} days ago, and the service refuses what is that old"
        elif -age > _AHEAD:
            yield f"{observed_at} is {-age.days} days ahead, and the service refuses that"


def directories(option: Path | None, environ: Mapping[str, str]) -> list[Path]:
    """Return the directories of the operator's own adapters."""
    own = option or GatewaySettings.from_environment(environ).adapters
    return [own] if own else []


def adapter_of(name: str, adapters: Mapping[str, Adapter]) -> Adapter:
    """Return the adapter of a name.

    Raises:
        UsageError: there is none; saying which may have been meant.
    """
    adapter = adapters.get(name)
    if adapter is None:
        hint = did_you_mean(name, adapters)
        if not hint.endswith("?"):
            hint += "; GATEWAY_ADAPTERS names a directory of more"
        raise UsageError(f"there is no adapter {name!r}{hint}")
    return adapter
