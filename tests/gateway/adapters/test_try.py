"""`gateway try` and `gateway adapters`, as somebody would use them for the first time."""

import io
import json
import sys
from pathlib import Path

import pytest

from gateway.cli import main
from province.inventory import Inventory, write_inventory

_UPLINK = {
    "end_device_ids": {"device_id": "d", "dev_eui": "0004A30B001C0530", "dev_addr": "00BCB929"},
    "uplink_message": {
        "f_port": 1,
        "decoded_payload": {"temperature": 21.5, "colour": "red"},
        "received_at": "2026-11-25T11:59:00Z",
    },
}
_NOW = ["--received-at", "2026-11-25T12:00:00Z"]


@pytest.fixture
def uplink(tmp_path: Path) -> str:
    path = tmp_path / "uplink.json"
    path.write_text(json.dumps(_UPLINK))
    return str(path)


def run(*arguments: str) -> int:
    return main(["try", *arguments, *_NOW], {})


def test_it_shows_records_refusals_and_each_field(
    uplink: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("the-things-stack", uplink) == 1
    said = capsys.readouterr().out
    assert "telemetry of tts:0004a30b001c0530" in said
    assert "air_temperature_c = 21.5 degC" in said
    assert "refused, unknown_field (tts:0004a30b001c0530): decoded colour ('red')" in said
    assert "end_device_ids.dev_eui" in said
    assert "left out: names and settings of the network server" in said


def test_as_json_there_is_an_object_a_message(
    uplink: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("the-things-stack", uplink, "--json") == 1
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["records"][0]["record"]["values"]["air_temperature_c"] == 21.5
    assert told["refused"][0]["reason"] == "unknown_field"
    assert {
        "field": "uplink_message.f_port",
        "value": 1,
        "became": "the decoder",
        "taken": True,
    } in (told["fields"])


def test_lines_of_topics_and_payloads_are_tried_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines.jsonl"
    rows = [
        {"topic": "zigbee2mqtt/a/b", "payload": {"temperature": 21}},
        {"topic": "zigbee2mqtt/bridge/state", "payload": "online", "retained": True},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("zigbee2mqtt", str(path)) == 0
    said = capsys.readouterr().out
    assert f"{path}:1: message device" in said
    assert "telemetry of zigbee2mqtt:a/b" in said
    assert "status of zigbee2mqtt:bridge" in said


def test_bytes_of_a_line_are_hexadecimal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines.jsonl"
    death = {"topic": "spBv1.0/a/NDEATH/b", "payload": {"shown": "for people"}, "hex": "zz"}
    state = {"topic": "spBv1.0/STATE/h", "payload_json": {"online": True}}
    command = {"topic": "spBv1.0/a/NCMD/b", "hex": "08eaf2f5a8a02b"}
    path.write_text(json.dumps(state) + "\n" + json.dumps(command) + "\n")
    assert run("sparkplug", str(path)) == 0
    assert "commands go to devices" in capsys.readouterr().out
    path.write_text(json.dumps(death))
    assert run("sparkplug", str(path)) == 2
    assert "lines.jsonl:1: hex 'zz' is no hexadecimal text" in capsys.readouterr().err


def test_a_payload_in_which_a_key_stands_twice_is_not_tried_without_one_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"topic": "zigbee2mqtt/x", "payload": {"humidity": 1, "humidity": 2}}')
    assert run("zigbee2mqtt", str(path)) == 2
    assert "lines.jsonl:1: not clear: 'humidity' stands twice" in capsys.readouterr().err


def test_standard_input_is_a_file_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stdin:
        buffer = io.BytesIO(b'{"temperature": 21')

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert run("zigbee2mqtt", "-", "--topic", "zigbee2mqtt/x") == 1
    assert "refused, malformed: not JSON: EOF" in capsys.readouterr().out


def test_with_an_inventory_it_says_whose_device_it_is(
    uplink: str, tmp_path: Path, inventory: Inventory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, inventory)
    assert run("the-things-stack", uplink, "--inventory", str(path)) == 1
    assert "unknown_device (tts:0004a30b001c0530)" in capsys.readouterr().out
    sensor = next(device for device in inventory.devices if not device.kind.watches_link)
    text = path.read_text()
    path.write_text(text.replace(f'"{sensor.code}"', '"0004a30b001c0530"'))
    assert run("the-things-stack", uplink, "--inventory", str(path)) == 1
    assert "unknown_device (tts:0004a30b001c0530)" in capsys.readouterr().out
    text = text.replace(
        f'"code":"{sensor.code}"', f'"code":"{sensor.code}","aliases":["tts:0004a30b001c0530"]', 1
    )
    path.write_text(text)
    assert run("the-things-stack", uplink, "--inventory", str(path)) == 1
    said = capsys.readouterr().out
    assert f"/{sensor.commune}/{sensor.code}/telemetry" in said
    assert "unknown_device" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tasmotta", "{file}"], "there is no adapter 'tasmotta'; did you mean 'tasmota'?"),
        (["hinh-gauge", "{file}"], "GATEWAY_ADAPTERS names a directory of more"),
        (["tasmota", "{file}.nope"], "uplink.json.nope: No such file or directory"),
        (["tasmota", "{file}", "--inventory", "{file}"], "uplink.json:1: "),
        (["tasmota", "{file}", "--adapters", "{file}"], "uplink.json: not a directory of adapters"),
    ],
)
def test_what_cannot_be_tried_says_why(
    uplink: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(argument.format(file=uplink) for argument in arguments)) == 2
    assert said in capsys.readouterr().err


def test_an_old_time_is_only_noted(uplink: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["try", "the-things-stack", uplink, "--received-at", "2027-11-25T12:00:00Z"], {})
    assert "is 365 days ago, and the service refuses what is that old" in capsys.readouterr().out


def test_adapters_are_listed_with_decoders_and_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adapters"], {}) == 0
    said = capsys.readouterr().out
    assert "chirpstack" in said
    assert "decentlab-dl-tbrg" in said
    (tmp_path / "wrong.yaml").write_text("adapter: mine\nabout: x\n")
    assert main(["adapters"], {"GATEWAY_ADAPTERS": str(tmp_path)}) == 2
    assert "wrong.yaml:1: adapter mine: messages: is missing" in capsys.readouterr().err
