"""Placing: whose a record is, of when, and where in the sequence of its device."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from gateway.adapters.conversion import shown
from gateway.adapters.coverage import Reads
from gateway.adapters.errors import RefusedError
from gateway.adapters.moment import instant_of
from gateway.adapters.rules import CounterForm, CounterRule, DeviceRule, TimeRule, WordRule
from gateway.adapters.values import found, holds, single
from gateway.translation import RefusalReason
from province.reports import INT64

_LONGEST_ID: Final = 200
_HEX_DIGITS: Final = 16


def device_of(rules: tuple[DeviceRule, ...], root: Mapping[str, Any], reads: Reads) -> str:
    """Return how the foreign system names the device.

    Raises:
        RefusedError: it does not, or not by a name.
    """
    hit = found(rules, root, reads, "device")
    if hit is None:
        what = " or ".join(rule.source.text for rule in rules)
        raise RefusedError(RefusalReason.INVALID, f"no device: {what} is not there")
    rule, value = hit
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise RefusedError(
            RefusalReason.INVALID, f"{rule.source.text}: {shown(value)} names no device"
        )
    text = value if isinstance(value, str) else shown(value)
    if len(text) > _LONGEST_ID or not text.isprintable():
        raise RefusedError(
            RefusalReason.INVALID,
            f"{rule.source.text}: {shown(text)} names no device: more than {_LONGEST_ID} "
            "characters, or some that cannot be printed",
        )
    return text.lower() if rule.case == "lower" else text.upper() if rule.case else text


def time_of(rules: tuple[TimeRule, ...], root: Mapping[str, Any], reads: Reads) -> datetime | None:
    """Return the source's own time; None: that of the arrival is meant.

    Raises:
        RefusedError: there is none, or it is no time.
    """
    for rule in rules:
        if not holds(rule.condition, root, reads):
            continue
        if rule.source is None:
            return None
        reads.note(rule.source, "observed_at")
        value = single(rule.source(root), rule.source.text)
        if value is not None:
            return instant_of(value, rule.format, rule.zone, rule.source.text)
    what = " or ".join(rule.source.text for rule in rules if rule.source is not None)
    raise RefusedError(RefusalReason.NO_TIME, f"no time: {what} is not there")


def counter_of(
    rules: tuple[CounterRule, ...], root: Mapping[str, Any], reads: Reads, what: str
) -> int:
    """Return a boot number or a sequence number.

    Raises:
        RefusedError: it is not there and has no default, or is no such number.
    """
    hit = found(rules, root, reads, what)
    if hit is None:
        default = next((rule.default for rule in rules if rule.default is not None), None)
        if default is None:
            said = " or ".join(rule.source.text for rule in rules)
            raise RefusedError(RefusalReason.INVALID, f"no {what}: {said} is not there")
        return default
    rule, value = hit
    count = _count(rule, value)
    if count is None or not 0 <= count <= INT64:
        raise RefusedError(
            RefusalReason.INVALID, f"{rule.source.text}: {shown(value)} is no {what}"
        )
    return count


def word_of(rule: WordRule, root: Mapping[str, Any], reads: Reads, what: str) -> str | None:
    """Return the contract's word for what the source says; None: it says nothing of it.

    Raises:
        RefusedError: it is a word that the adapter does not know.
    """
    hit = found((rule,), root, reads, what)
    if hit is None:
        return None
    given = hit[1]
    word = str(given).lower() if isinstance(given, bool) else given
    if not isinstance(word, str) or word not in rule.map:
        raise RefusedError(
            RefusalReason.INVALID,
            f"{rule.source.text}: {shown(given)} is none of {', '.join(rule.map)}",
        )
    return rule.map[word]


def _count(rule: CounterRule, value: object) -> int | None:
    match rule.format:
        case CounterForm.NUMBER:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case CounterForm.HEX:
            try:
                short = isinstance(value, str) and len(value) <= _HEX_DIGITS
                return int(value, 16) if isinstance(value, str) and short else None
            except ValueError:
                return None
        case CounterForm.DIGEST:
            text = value if isinstance(value, str) else shown(value)
            digest = sha256(text.encode("utf-8", "backslashreplace")).digest()
            return int.from_bytes(digest[:8]) & INT64
