"""A province in figures, for people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from province.devices import DeviceKind
from province.inventory import Inventory
from province.places import CommuneKind
from simulators.generate.coverage import (
    STATED_4G,
    STATED_5G,
    STATED_BROADBAND,
    measure_coverage,
)
from simulators.generate.excerpt import is_east
from simulators.generate.province import Province
from simulators.generate.wrong_edges import count_differing

_NAME_WIDTH: Final = 30
_FIGURE_WIDTH: Final = 12


def summarise(province: Province) -> str:
    """Return a short table: how much there is of what, and how well the stated shares hold."""
    inventory = province.true
    rows = [
        *_places(inventory),
        *_kinds("nodes", [node.kind.value for node in inventory.nodes]),
        *_kinds("links", [link.technology.value for link in inventory.links]),
        *_devices(inventory),
        *_coverage(inventory),
        *_wrong_edges(province),
    ]
    return "\n".join(rows) + "\n"


def _row(name: str, *figures: str, note: str = "") -> str:
    columns = "".join(figure.rjust(_FIGURE_WIDTH) for figure in figures)
    return f"{name:<{_NAME_WIDTH}}{columns}  {note}".rstrip()


def _places(inventory: Inventory) -> Iterator[str]:
    with_villages = {village.commune for village in inventory.villages}
    communes = [commune for commune in inventory.communes if commune.code in with_villages]
    wards = sum(commune.kind is CommuneKind.WARD for commune in communes)
    east = sum(is_east(commune) for commune in communes)
    note = f"{wards} of them wards, {east} in the east"
    yield _row("communes with villages", str(len(communes)), note=note)
    yield _row("villages", f"{len(inventory.villages):,}", note="all of them synthetic")
    yield _row("households", f"{sum(village.households for village in inventory.villages):,}")


def _kinds(what: str, kinds: Sequence[str]) -> Iterator[str]:
    yield _row(what, f"{len(kinds):,}")
    for kind, count in Counter(kinds).items():
        yield _row(f"  {kind}", f"{count:,}")


def _devices(inventory: Inventory) -> Iterator[str]:
    devices = inventory.devices
    yield from _kinds("devices", [device.kind.value for device in devices])
    sensors = (device.code for device in devices if device.kind is DeviceKind.SENSOR)
    yield from _kinds("sensors", sorted(code.rpartition("-")[2] for code in sensors))
    probes = [device for device in devices if device.kind is DeviceKind.LINK_PROBE]
    with_ups = sum(probe.ups for probe in probes)
    yield _row("probes with a battery", _percent(with_ups / max(1, len(probes))))
    sizes = Counter(Counter(device.village for device in devices if device.village).values())
    for size, count in sorted(sizes.items()):
        yield _row(f"villages with {size} devices", f"{count:,}")


def _coverage(inventory: Inventory) -> Iterator[str]:
    covered = measure_coverage(inventory)
    yield _row("households covered by", "here", "stated")
    for name, here, stated in (
        ("broadband", covered.broadband, STATED_BROADBAND),
        ("4g", covered.mobile_4g, STATED_4G),
        ("5g", covered.mobile_5g, STATED_5G),
    ):
        yield _row(f"  {name}", _percent(here, 2), _percent(stated))


def _wrong_edges(province: Province) -> Iterator[str]:
    wrong, edges = count_differing(province.true, province.published)
    yield _row("wrong edges", f"{wrong:,}", note=f"of {edges:,}")


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
