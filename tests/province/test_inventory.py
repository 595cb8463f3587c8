"""The inventory file: what is read, what is refused, and how it is said."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from province.devices import Device, DeviceKind
from province.inventory import (
    Inventory,
    InventoryError,
    format_record,
    parse_inventory,
    read_inventory,
    write_inventory,
)
from province.topics import Channel
from province.topology import NodeKind, Technology

Line = dict[str, Any]

PROVINCE: Line = {"type": "province", "code": "66", "name": "Đắk Lắk"}
OPERATOR: Line = {"type": "operator", "code": "vnpt", "name": "VNPT"}
COMMUNE: Line = {
    "type": "commune",
    "code": "22015",
    "province": "66",
    "name": "Tuy Hoà",
    "name_ascii": "Tuy Hoa",
    "kind": "ward",
    "lat": 13.0762,
    "lon": 109.28702,
    "population": 126118,
    "area_km2": 33.77,
}
VILLAGE: Line = {
    "type": "village",
    "code": "v1",
    "commune": "22015",
    "name": "Thôn 1",
    "households": 120,
}
FEEDER: Line = {"type": "node", "code": "feeder", "kind": "power_feeder", "name": "Feeder"}
OLT: Line = {
    "type": "node",
    "code": "olt",
    "kind": "olt",
    "name": "OLT",
    "operator": "vnpt",
    "commune": "22015",
    "power_node": "feeder",
}
LINK: Line = {
    "type": "link",
    "code": "l1",
    "village": "v1",
    "operator": "vnpt",
    "technology": "ftth",
    "node": "olt",
}
DEVICE: Line = {
    "type": "device",
    "code": "d1",
    "kind": "link_probe",
    "name": "Probe",
    "commune": "22015",
    "village": "v1",
    "link": "l1",
    "node": "olt",
    "power_node": "feeder",
    "ups": True,
    "interval_seconds": 30,
}
WHOLE = (PROVINCE, OPERATOR, COMMUNE, VILLAGE, FEEDER, OLT, LINK, DEVICE)


def parse(*lines: Line) -> Inventory:
    return parse_inventory("\n".join(json.dumps(line) for line in lines).encode(), "i.jsonl")


def problems(*lines: Line | bytes) -> list[str]:
    content = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    with pytest.raises(InventoryError) as caught:
        parse_inventory(content, "i.jsonl")
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return list(caught.value.problems)


def without(line: Line, field: str) -> Line:
    return {key: value for key, value in line.items() if key != field}


def test_a_whole_inventory_is_read() -> None:
    inventory = parse(*WHOLE)
    assert inventory.communes[0].name == "Tuy Hoà"
    assert inventory.nodes[1].kind is NodeKind.OLT
    assert inventory.links[0].technology is Technology.FTTH
    device = inventory.devices[0]
    assert device.kind is DeviceKind.LINK_PROBE
    assert device.ups
    assert str(inventory.topic(device, Channel.STATUS)) == "srepok/v1/66/22015/d1/status"


def test_order_does_not_matter() -> None:
    assert parse(*reversed(WHOLE)).devices == parse(*WHOLE).devices


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    inventory = parse(*WHOLE)
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, inventory)
    assert read_inventory(path) == inventory


def test_default_values_are_not_written() -> None:
    device = Device(
        code="d", kind=DeviceKind.SENSOR, name="S", commune="22015", interval_seconds=60
    )
    assert format_record(device) == (
        '{"type":"device","code":"d","kind":"sensor","name":"S","commune":"22015",'
        '"interval_seconds":60.0}'
    )


def test_blank_lines_windows_line_ends_and_a_byte_order_mark_are_taken() -> None:
    content = b"\xef\xbb\xbf" + b"\r\n\r\n".join(json.dumps(line).encode() for line in WHOLE)
    assert parse_inventory(content, "i.jsonl") == parse(*WHOLE)


def test_a_sensor_watches_no_link_and_every_other_kind_does() -> None:
    assert [kind for kind in DeviceKind if not kind.watches_link] == [DeviceKind.SENSOR]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"{oops", "i.jsonl:1: line: not JSON: Expecting property name"),
        (b"[1]", "i.jsonl:1: line: not a JSON object"),
        (b"\xff\xfe", "i.jsonl:1: line: not UTF-8"),
        (b"[" * 100_000, "i.jsonl:1: line: not JSON"),
        ({"code": "x"}, "i.jsonl:1: object 'x': field 'type' is missing; one of province, "),
        ({"type": "vilage", "code": "x"}, "i.jsonl:1: vilage 'x': unknown type 'vilage'; one of "),
        ({"type": 7}, "i.jsonl:1: object: unknown type 7; one of "),
        (without(OPERATOR, "name"), "i.jsonl:1: operator 'vnpt': field 'name' is missing"),
        (without(OPERATOR, "code"), "i.jsonl:1: operator: field 'code' is missing"),
        (OPERATOR | {"code": "a.b"}, "i.jsonl:1: operator 'a.b': code=\"a.b\": String should"),
        (
            PROVINCE | {"nmae": "x"},
            "i.jsonl:1: province '66': unknown field 'nmae'; did you mean 'name'?",
        ),
        (PROVINCE | {"zzz": 1}, "i.jsonl:1: province '66': unknown field 'zzz'; known: code, "),
        (FEEDER | {"kind": "feeder"}, "i.jsonl:1: node 'feeder': kind=\"feeder\": Input should be"),
        (FEEDER | {"lat": 91, "lon": 1}, "i.jsonl:1: node 'feeder': lat=91: Input should be less"),
        (FEEDER | {"lat": 9}, "i.jsonl:1: node 'feeder': lat and lon go together"),
        (FEEDER | {"name": "x" * 999}, "i.jsonl:1: node 'feeder': name=\"xxxxx"),
    ],
)
def test_a_wrong_line_is_named_with_its_object_and_value(line: Line | bytes, found: str) -> None:
    (problem,) = problems(line)
    assert problem.startswith(found)
    assert len(problem) < 400


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (VILLAGE | {"households": "120"}, "village 'v1': households=\"120\": Input should be a"),
        (VILLAGE | {"households": -1}, "village 'v1': households=-1: Input should be greater"),
        (DEVICE | {"interval_seconds": 0}, "device 'd1': interval_seconds=0: Input should be"),
        (COMMUNE | {"area_km2": 0}, "commune '22015': area_km2=0: Input should be greater"),
    ],
)
def test_a_value_out_of_range_is_named(changed: Line, found: str) -> None:
    kept = [line for line in WHOLE if line["type"] != changed["type"]]
    assert problems(*kept, changed)[0].startswith(f"i.jsonl:{len(kept) + 1}: {found}")


def test_one_slip_is_not_reported_for_everything_that_refers_to_it() -> None:
    assert len(problems(*(COMMUNE | {"area_km2": 0} if x is COMMUNE else x for x in WHOLE))) == 1


def test_every_problem_is_reported_at_once_in_the_order_of_the_file() -> None:
    found = problems(
        *WHOLE,
        OPERATOR,
        {"type": "village", "code": "v2", "commune": "1", "name": "x", "households": 1},
        LINK | {"code": "l2", "node": "none", "operator": "viettel"},
        b"{",
    )
    assert found == [
        "i.jsonl:9: operator 'vnpt': code is taken by line 2",
        "i.jsonl:10: village 'v2': commune='1': there is no such commune",
        "i.jsonl:11: link 'l2': node='none': there is no such node",
        "i.jsonl:11: link 'l2': operator='viettel': there is no such operator",
        "i.jsonl:12: line: not JSON: Expecting property name enclosed in double quotes at column 2",
    ]


def test_codes_are_unique_within_a_type_only() -> None:
    parse(*WHOLE, OLT | {"code": "d1"})


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            [DEVICE | {"code": "d2", "power_node": "olt"}],
            "device 'd2': power_node='olt': a node of kind olt feeds nobody",
        ),
        (
            [OLT | {"code": "n2", "parents": ["olt", "olt"]}],
            "node 'n2': parents: a node stands there twice",
        ),
        (
            [COMMUNE | {"code": "2"}, DEVICE | {"code": "d2", "commune": "2"}],
            "device 'd2': commune='2': its village 'v1' lies in '22015'",
        ),
        (
            [VILLAGE | {"code": "v2"}, DEVICE | {"code": "d2", "village": "v2"}],
            "device 'd2': village='v2': its link 'l1' serves 'v1'",
        ),
        (
            [DEVICE | {"code": f"d{number}", "aliases": ["lora:01"]} for number in (2, 3)],
            f"device 'd3': aliases: 'lora:01' is taken by line {len(WHOLE) + 1}",
        ),
        (
            [DEVICE | {"code": "d2", "aliases": ["lora:01", "lora:01"]}],
            "device 'd2': aliases: one stands there twice",
        ),
    ],
)
def test_objects_that_disagree_are_refused(lines: list[Line], found: str) -> None:
    assert problems(*WHOLE, *lines) == [f"i.jsonl:{len(WHOLE) + len(lines)}: {found}"]


def test_an_alias_names_its_system() -> None:
    (found,) = problems(*WHOLE, DEVICE | {"code": "d2", "aliases": ["0102030405060708"]})
    assert "device 'd2': aliases.0=" in found


def node(code: str, *parents: str) -> Line:
    return {"type": "node", "code": code, "kind": "aggregation", "name": code, "parents": parents}


def test_a_cycle_is_reported_once_at_its_first_line() -> None:
    found = problems(node("a"), node("b", "a", "d"), node("c", "b"), node("d", "c"), node("e", "c"))
    assert found == ["i.jsonl:2: node 'b': depends on itself: b -> d -> c -> b"]


def test_two_cycles_are_both_reported() -> None:
    found = problems(node("a", "a"), node("b", "c"), node("c", "b"))
    assert found == [
        "i.jsonl:1: node 'a': depends on itself: a -> a",
        "i.jsonl:2: node 'b': depends on itself: b -> c -> b",
    ]


def test_a_ring_of_parents_without_a_cycle_is_fine() -> None:
    parse(node("core"), node("a", "core"), node("b", "core"), node("c", "a", "b"))


def test_a_deep_topology_needs_no_deep_stack() -> None:
    count = 20_000
    parse(*(node(f"n{at}", f"n{at + 1}") for at in range(count)), node(f"n{count}"))


@given(st.binary(max_size=200))
def test_any_bytes_give_an_inventory_or_an_inventory_error(content: bytes) -> None:
    with contextlib.suppress(InventoryError):
        parse_inventory(content, "i.jsonl")
