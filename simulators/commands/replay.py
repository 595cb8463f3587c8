"""`python -m simulators replay`: a recorded file as a city sensor."""

import argparse
import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from province.dak_lak import DAK_LAK
from province.devices import Device, DeviceKind
from province.inventory import format_record
from province.topics import Channel, Topic
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.logs import LogSettings, configure_logs
from simulators.commands.arguments import Parsers, add_command, add_ledger, run_until_signal
from simulators.errors import RecordingError, UsageError
from simulators.ledger import Ledger
from simulators.replay.columns import ColumnRule
from simulators.replay.layouts import ColumnMapping
from simulators.replay.recording import Recording, read_recording
from simulators.replay.service import ReplayOptions, replay
from simulators.settings import Identities, SimulatorSettings
from simulators.tally import Tally

_EXAMPLE: Final = """\
examples:
  python -m simulators replay air.csv --device 22015-air-2 --commune 22015 --inventory-line
  MQTT_URL=mqtt://127.0.0.1:1883 \\
    python -m simulators replay air.csv --device 22015-air-2 --commune 22015
  ... replay wind.csv --device d1 --commune 22015 --map wind_kmh=wind_speed_ms*0.27778 \\
    --time-column when --timezone +07:00 --shift-to-now --speed 60

The layouts of the UCI air-quality CSV and the ELSYS LoRaWAN CSV are recognised; other files
need --map. Rows that cannot be used are named as file:line and skipped.

"""
_USUAL_INTERVAL_SECONDS: Final = 3600.0
_SHOWN_PROBLEMS: Final = 5
_LONGEST_INTERVAL_SECONDS: Final = 86_400.0


def configure(commands: "Parsers[argparse.ArgumentParser]", environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands, "replay", "publish a recorded file as a city sensor", _EXAMPLE + environment
    )
    add_ledger(parser)
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="CSV with a header, or JSON Lines (.jsonl)")
    add("--device", required=True, metavar="CODE", help="the sensor's code in the inventory")
    add("--commune", required=True, metavar="CODE", help="its commune's code")
    add("--province", default=DAK_LAK.code, metavar="CODE", help="default: %(default)s")
    add(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=METRIC[*FACTOR][+OFFSET]",
        help="what a column measures; repeat for each; others are left out",
    )
    add("--time-column", metavar="NAME", help="default: observed_at, time, timestamp or datetime")
    add(
        "--timezone",
        type=_zone,
        metavar="ZONE",
        help="of times without an offset: +07:00, Asia/Ho_Chi_Minh, or --timezone=-06:00",
    )
    add(
        "--missing",
        type=float,
        action="append",
        default=[],
        metavar="NUMBER",
        help="stands for no value, such as -200; may be repeated",
    )
    add("--shift-to-now", action="store_true", help="claim times up to now, not the recorded ones")
    add(
        "--speed",
        type=_speed,
        default=0.0,
        help="recorded seconds a second; 0, the default, is as fast as confirmed",
    )
    add(
        "--inventory-line",
        action="store_true",
        help="print the line that the inventory needs for this sensor, and publish nothing",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Replay the file; return 1 if a row was not confirmed, else 0."""
    topic = _topic(options)
    mapping = ColumnMapping(
        tuple(ColumnRule.parse(text) for text in options.map),
        options.time_column,
        options.timezone,
        frozenset(options.missing),
    )
    recording = read_recording(options.file, mapping)
    if options.inventory_line:
        print(_inventory_line(recording, options))  # noqa: T201 - what the option asks for
        return 0
    configure_logs(LogSettings.from_environment(environ), "simulators")
    identities = Identities.from_settings(
        BrokerAddress.from_environment(environ), SimulatorSettings.from_environment(environ)
    )
    if not recording.rows:
        raise RecordingError(_no_rows(recording, options.file))
    address = identities.address_of(topic.device)
    what = ReplayOptions(topic, options.speed, options.shift_to_now)

    async def main(stop: asyncio.Event) -> Tally:
        with contextlib.ExitStack() as stack:
            ledger = stack.enter_context(Ledger(options.ledger)) if options.ledger else None
            return await replay(recording, address, what, stop, SystemClock(), ledger)

    tally = run_until_signal(main)
    return 0 if tally.confirmed == len(recording.rows) else 1


def _no_rows(recording: Recording, path: Path) -> str:
    problems = recording.problems
    first = "".join(f"\n{problem}" for problem in problems[:_SHOWN_PROBLEMS])
    return f"{path}: no usable row; {len(problems)} wrong, {recording.empty} empty{first}"


def _topic(options: argparse.Namespace) -> Topic:
    try:
        return Topic(options.province, options.commune, options.device, Channel.TELEMETRY)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _inventory_line(recording: Recording, options: argparse.Namespace) -> str:
    gap = recording.median_gap_seconds() or _USUAL_INTERVAL_SECONDS
    device = Device(
        code=options.device,
        kind=DeviceKind.SENSOR,
        name=f"Replay of {options.file.name}",
        commune=options.commune,
        interval_seconds=min(max(gap, 1.0), _LONGEST_INTERVAL_SECONDS),
    )
    return format_record(device)


def _zone(text: str) -> tzinfo:
    sign, digits = text[:1], text[1:].replace(":", "")
    if sign in {"+", "-"} and digits.isdecimal() and len(digits) == len("0700"):
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time zone such as +07:00") from None


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1e9:  # noqa: PLR2004 - thirty years a second
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return speed
