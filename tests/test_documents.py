"""What docs/topics/README.md tells a reader to paste, pasted."""

import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.clients import write_clients
from deploy.toolchain import Toolchain
from province.dak_lak import load_communes
from province.devices import Device, DeviceKind
from province.inventory import Inventory
from simulators.generate import generate_inventory
from tests.waiting import eventually_true
from tests.world import World

pytestmark = pytest.mark.servers

PAGE = Path(__file__).parents[1] / "docs" / "topics" / "README.md"
COMMUNE = "24133"
PASSWORD = "by-hand"


@pytest.fixture
def inventory() -> Inventory:
    """An inventory with the two devices of the page, as the demo makes it."""
    communes = [commune for commune in load_communes() if commune.code == COMMUNE]
    made = generate_inventory(1, scale=0.1, communes=communes)
    by_hand = (
        Device(
            code="66-demo-probe",
            kind=DeviceKind.LINK_PROBE,
            name="p",
            commune=COMMUNE,
            interval_seconds=30,
        ),
        Device(
            code="66-demo-air",
            kind=DeviceKind.SENSOR,
            name="a",
            commune=COMMUNE,
            interval_seconds=30,
        ),
    )
    return replace(made, devices=(*made.devices, *by_hand))


def blocks(kind: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


async def paste(block: str, environ: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euc", block),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    # mosquitto_pub says a refused publish as a warning, and ends with 0.
    assert process.returncode == 0, said.decode()
    assert said == b""


async def test_every_example_of_the_page_gives_rows(
    world: World, toolchain: Toolchain, tmp_path: Path
) -> None:
    password_file = tmp_path / "password"
    password_file.write_text(PASSWORD)
    world.broker.set_users(dict.fromkeys(("66-demo-probe", "66-demo-air"), PASSWORD))
    write_clients(toolchain, tmp_path / "bin")
    environ = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "MQTT_HOST": "127.0.0.1",
        "MQTT_PORT": str(world.broker.port),
        "MQTT_PASSWORD_FILE": str(password_file),
    }
    await world.ingest.start()
    examples, queries = blocks("sh"), blocks("sql")
    assert len(examples) == len(queries) >= 4
    for example, query in zip(examples, queries, strict=True):
        await paste(example, environ)

        async def answered(statement: str = query) -> bool:
            return bool(await world.rows(statement))

        await eventually_true(answered)
