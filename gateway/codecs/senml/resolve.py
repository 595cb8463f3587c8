"""Resolve: what the records of a pack say once their base fields are applied (RFC 8428, 4.6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.codecs.senml.encodings import PackError
from gateway.codecs.senml.fields import VALUES
from gateway.codecs.senml.pack import Record
from gateway.translation import RefusalReason

NEWEST_VERSION: Final = 10
"""The version of RFC 8428; a pack of a newer one is refused as a whole."""

_RELATIVE_BELOW: Final = 2**28
"""Times below this many seconds are counted from now."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]*\Z")
_PATH: Final = re.compile(r"/?[A-Za-z0-9][A-Za-z0-9:./_-]*\Z")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One record by itself.

    Attributes:
        name: whole.
        unit: empty where none is said.
        at: seconds since 1970.
        values: the one value by its label (`v`, `vs`, `vb`, `vd`, `vlo`), none if it has a sum
            alone.
        total: the sum, of a value over time.
        within: seconds within which the next one is to come.
        unknown: fields that are none of SenML's.
    """

    name: str
    unit: str
    at: float
    values: dict[str, Any]
    total: float | None = None
    within: float | None = None
    unknown: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Base:
    """The base fields in force; each stays until a later record sets it anew."""

    bn: str = ""
    bt: float = 0
    bu: str = ""
    bv: float | None = None
    bs: float | None = None
    bver: int | None = None


def resolve(records: list[Record], now: float, *, paths: bool = False) -> list[Resolved]:
    """Return the resolved records of a pack, in their order.

    Args:
        records: as they came.
        now: seconds since 1970, from which relative times count.
        paths: whether a name may begin with a slash, as those of LwM2M do.

    Raises:
        PackError: the first broken rule; the pack as a whole is refused.
    """
    _check_versions(records)
    return list(_resolved(records, now, _PATH if paths else _NAME))


def _resolved(records: list[Record], now: float, names: re.Pattern[str]) -> Iterator[Resolved]:
    base = _Base()
    for place, record in enumerate(records):
        fields = record.fields
        for label in ("bn", "bt", "bu", "bv", "bs"):
            if label in fields:
                setattr(base, label, fields[label])
        yield Resolved(
            _name(base.bn + fields.get("n", ""), place, names),
            fields.get("u", base.bu),
            _time(base.bt + fields.get("t", 0), now),
            _values(fields, base, place),
            _sum(fields.get("s"), base.bs),
            fields.get("ut"),
            record.unknown,
        )


def _check_versions(records: list[Record]) -> None:
    versions = {r.fields["bver"] for r in records if "bver" in r.fields}
    if len(versions) > 1:
        raise PackError(f"one pack of the versions {', '.join(map(str, sorted(versions)))}")
    for version in versions:
        if not 0 < version <= NEWEST_VERSION:
            raise PackError(
                f"bver {version}: versions up to {NEWEST_VERSION} are read",
                RefusalReason.UNSUPPORTED,
            )


def _name(name: str, place: int, allowed: re.Pattern[str]) -> str:
    if not name:
        raise PackError(f"record {place}: neither a name nor a base name")
    if not allowed.match(name):
        raise PackError(
            f"record {place}: name {name!r:.80} does not begin with a letter or digit and go on "
            "with those and - : . / _"
        )
    return name


def _time(seconds: float, now: float) -> float:
    return seconds if seconds >= _RELATIVE_BELOW else now + seconds


def _values(fields: dict[str, Any], base: _Base, place: int) -> dict[str, Any]:
    values: dict[str, Any] = {label: fields[label] for label in VALUES if label in fields}
    if len(values) > 1:
        raise PackError(f"record {place}: {' and '.join(values)} where one value is allowed")
    if "v" in values and base.bv is not None:
        values["v"] += base.bv
    if not values and "s" not in fields:
        # A missing value counts as zero where there is a base to add it to.
        if base.bv is not None:
            return {"v": base.bv}
        if base.bs is None:
            raise PackError(f"record {place}: neither a value nor a sum")
    return values


def _sum(own: float | None, base: float | None) -> float | None:
    return None if own is None and base is None else (own or 0) + (base or 0)
