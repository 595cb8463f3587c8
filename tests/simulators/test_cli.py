"""The command line: exit codes, messages, signals."""

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from province.inventory import parse_inventory, read_inventory, write_inventory
from province.topics import Channel
from runtime.broker.address import BrokerAddress
from simulators.cli import main, make_parser
from tests.simulators.listener import listening
from tests.simulators.make import make_inventory
from tests.simulators.test_recording import UCI


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("MQTT_", "SIMULATORS_", "LOG_")):
            monkeypatch.delenv(name)
    yield
    # A command sends this process's logs to a standard error that ends with the test.
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def test_an_inventory_is_written(tmp_path: Path) -> None:
    path = tmp_path / "inventory.jsonl"
    assert main(["province", "--seed", "3", "--scale", "0.01", "--out", str(path)]) == 0
    assert len(read_inventory(path).villages) == 25


def test_a_province_is_told_in_figures_and_its_truth_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published, true = tmp_path / "inventory.jsonl", tmp_path / "true.jsonl"
    arguments = ["--scale", "0.04", "--wrong-edges", "5%", "--out", str(published)]
    assert main(["province", *arguments, "--true-out", str(true)]) == 0
    assert read_inventory(published).links != read_inventory(true).links
    shown = capsys.readouterr().out
    assert re.search(r"^villages +100 ", shown, re.MULTILINE)
    assert re.search(r"^  broadband +100\.00 % +100\.0 %$", shown, re.MULTILINE)
    assert re.search(r"^wrong edges +[1-9]\d* +of \d+$", shown, re.MULTILINE)


def test_the_truth_never_overwrites_what_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "inventory.jsonl")
    assert main(["province", "--scale", "0.01", "--out", path, "--true-out", path]) == 2
    assert f"--out and --true-out are the same file: {path}" in capsys.readouterr().err


def test_the_inventory_line_of_a_replay_is_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "air.csv"
    recording.write_text(UCI)
    arguments = ["--device", "a1", "--commune", "22015", "--inventory-line"]
    assert main(["replay", str(recording), *arguments]) == 0
    line = capsys.readouterr().out.encode()
    inventory = tmp_path / "inventory.jsonl"
    main(["province", "--scale", "0.001", "--out", str(inventory)])
    devices = parse_inventory(inventory.read_bytes() + line, "i").devices
    assert (devices[-1].code, devices[-1].interval_seconds) == ("a1", 86_400)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["province", "--scale", "0", "--out", "x"], "'0' is not a number above 0"),
        (["province", "--wrong-edges", "5", "--out", "x"], "'5' is not a share from 0 to 1"),
        (["run", "calm", "--live", "--devices", "0"], "'0' is not a whole number above zero"),
        (["run", "calm", "--live", "--interval", "30"], "'30' is not a duration such as"),
        (["load", "--inventory", "x"], "one of the arguments --rate --max is required"),
        (["replay", "x", "--device", "d", "--commune", "c", "--timezone", "Mars"], "no time zone"),
        (["replay", "x", "--device", "d", "--commune", "c", "--speed", "-1"], "not a number from"),
        ([], "arguments are required: COMMAND"),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_a_broker_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "calm", "--live", "--inventory", str(tmp_path / "none")]) == 2
    assert "MQTT_URL: not set" in capsys.readouterr().err


def test_a_wrong_inventory_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MQTT_URL", "mqtt://127.0.0.1:9")
    path = tmp_path / "inventory.jsonl"
    path.write_text("{\n")
    assert main(["run", "calm", "--live", "--inventory", str(path)]) == 2
    assert "inventory.jsonl:1: line: not JSON" in capsys.readouterr().err


def test_a_replay_of_a_wrong_commune_code_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["replay", str(tmp_path / "x"), "--device", "d", "--commune", "a/b"]
    assert main(arguments) == 2
    assert "commune code 'a/b'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["province", "run", "replay", "load"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args([command, "--help"])
    shown = capsys.readouterr().out
    assert f"python -m simulators {command}" in shown.split("example")[1]


@pytest.mark.servers
async def test_a_live_run_leaves_in_order_at_sigterm(
    broker_address: BrokerAddress, fleet_url: str, tmp_path: Path
) -> None:
    inventory = make_inventory()
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, inventory)
    async with listening(broker_address, inventory.communes[0].code) as heard:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulators", "run", "calm", "--live"),
            *("--inventory", str(path)),
            *("--devices", "5", "--interval", "200ms"),
            env={**os.environ, "MQTT_URL": fleet_url},
        )

        def reporting() -> set[str]:
            return {device for device, channel, _ in heard if channel is Channel.TELEMETRY}

        await heard.hear(lambda: len(reporting()) == 5)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        await heard.hear(
            lambda: sum(event["event"] == "shutdown" for event in heard.of(Channel.EVENT)) == 5
        )

        def last_reasons() -> list[str]:
            last = {device: body for device, channel, body in heard if channel is Channel.STATUS}
            return [status["reason"] for status in last.values()]

        await heard.hear(lambda: last_reasons() == ["shutdown"] * 5)
