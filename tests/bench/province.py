"""`python -m tests.bench.province`: what the simulated province and the engine cost here."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator  # noqa: TC003 - contextmanager reads the annotation
from contextlib import contextmanager
from pathlib import Path

from deploy.mosquitto import Mosquitto
from deploy.toolchain import Toolchain, find_home
from province.inventory import write_inventory
from simulators.generate import generate_inventory

_TICKS = os.sysconf("SC_CLK_TCK")
_SCALE = 1.05
"""Gives a little over 8,000 devices."""


def main() -> None:
    """Run the measurements and print each as it is done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.province", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="to hold sessions (default 60)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        directory = Path(name)
        for scenario, scale in (("slow-degradation", 0.1), ("calm", 1.0)):
            print(f"\noffline: scenario {scenario} at scale {scale:g}, one process", flush=True)
            _offline(scenario, scale)
        print("\nrules replay: scenario storm at scale 0.1, one process", flush=True)
        _replay(directory)
        print(f"\nlive: a session for each device, {options.seconds} s, then the broker restarts")
        _live(directory, options.seconds)


def _offline(name: str, scale: float) -> None:
    seconds, said = _run("simulators", "run", name, "--scale", str(scale), "--events", os.devnull)
    lines = int(said.split()[0])
    print(f"  {lines:,} lines in {seconds:.1f} s: {lines / seconds:,.0f} lines/s (at least 50,000)")


def _replay(directory: Path) -> None:
    events, inventory = directory / "events.jsonl", directory / "inventory.jsonl"
    files = ("--events", str(events), "--inventory", str(inventory))
    _, said = _run("simulators", "run", "storm", "--scale", "0.1", *files)
    lines = int(said.split()[0])
    seconds, _ = _run("rules", "replay", *files, "--out", str(directory / "incidents.jsonl"))
    print(f"  {lines:,} lines in {seconds:.1f} s: {lines / seconds:,.0f} lines/s")


def _run(module: str, *arguments: str) -> tuple[float, str]:
    """Run a command of ours; return how many seconds it took, and what it printed."""
    began = time.monotonic()
    command = [sys.executable, "-m", module, *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.monotonic() - began, said


def _live(directory: Path, seconds: int) -> None:
    inventory = generate_inventory(1, _SCALE)
    path, passwords = directory / "all.jsonl", directory / "passwords"
    write_inventory(path, inventory)
    secrets = {device.code: f"of-{device.code}" for device in inventory.devices}
    passwords.write_text("".join(f"{code}:{secret}\n" for code, secret in secrets.items()))
    passwords.chmod(0o600)
    broker = Mosquitto(Toolchain(find_home()), directory / "broker")
    broker.set_users(secrets)
    broker.start()
    try:
        with _fleet(broker, path, passwords, directory / "log") as fleet:
            _hold(fleet, broker, len(secrets), directory / "log", seconds)
    finally:
        broker.kill()


@contextmanager
def _fleet(
    broker: Mosquitto, inventory: Path, passwords: Path, log: Path
) -> "Iterator[subprocess.Popen[bytes]]":
    environ = os.environ | {
        "MQTT_URL": f"mqtt://127.0.0.1:{broker.port}",
        "SIMULATORS_PASSWORDS_FILE": str(passwords),
        "LOG_FORMAT": "json",
    }
    command = ["-m", "simulators", "run", "calm", "--live", "--inventory", str(inventory)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command], env=environ, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def _hold(
    fleet: "subprocess.Popen[bytes]", broker: Mosquitto, devices: int, log: Path, seconds: int
) -> None:
    print(f"  {devices:,} sessions after {_until_connected(log, devices, 0):.0f} s")
    before, began = _last(log), time.monotonic()
    pid = broker.pid
    assert pid is not None
    cpu = _cpu_seconds(fleet.pid), _cpu_seconds(pid)
    time.sleep(seconds)
    sent = _last(log)["confirmed"] - before["confirmed"]
    lasted = time.monotonic() - began
    for name, number, earlier in (("devices", fleet.pid, cpu[0]), ("broker", pid, cpu[1])):
        spent = _cpu_seconds(number) - earlier
        print(
            f"  {name}: {100 * spent / lasted:.0f} % of a core, {_memory(number) / 1e6:.0f} MB,"
            f" {1e6 * spent / sent:.0f} microseconds a publish"
        )
    print(f"  {sent / lasted:.0f} publishes confirmed a second")
    broker.restart()
    again = _until_connected(log, devices, _last(log)["connects"])
    print(f"  broker restarted: all {devices:,} sessions back after {again:.0f} s")


def _until_connected(log: Path, devices: int, connects: int) -> float:
    began = time.monotonic()
    while True:
        last = _last(log)
        if last.get("connected") == devices and last["connects"] > connects:
            return time.monotonic() - began
        time.sleep(0.5)


def _last(log: Path) -> dict[str, int]:
    lines = [line for line in log.read_text().splitlines() if '"event": "run"' in line]
    found: dict[str, int] = json.loads(lines[-1]) if lines else {}
    return found


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:13]) / _TICKS


def _memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
