"""What ingest looks at when it starts: schema, edition, clock; and what a full queue costs."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg import AsyncConnection

from deploy.mosquitto_options import MosquittoOptions
from ingest import store as store_module
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.broker import counters as counters_module
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.database.capabilities import Capabilities
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from tests.ingest.serving import serving, settings_of
from tests.ingest.test_service import publish
from tests.runtime.logged import log_of
from tests.servers import MakeMosquitto
from tests.stock import IMPORTED_AT
from tests.waiting import eventually

pytestmark = pytest.mark.servers

ABLE = "what this database can do"

NOT_TAKING = "database does not take writes, trying on"


class ShiftedClock:
    """The machine's clock, so much later."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


async def test_ingest_waits_for_the_schema_and_says_which_command_makes_it(
    empty_database_url: str,
    broker_address: BrokerAddress,
    inventory: Inventory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = log_of(store_module, monkeypatch)
    database = DatabaseAddress.from_url(empty_database_url)
    async with serving(broker_address, database) as running:
        await eventually(lambda: "database" in running.service.missing())
        assert "timescaledb" in running.service.missing()["database"]
        async with await connect(database, "tests") as owner:
            await owner.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
            wanted = "python -m runtime.database migrate"
            await eventually(lambda: wanted in running.service.missing().get("database", ""))
            assert running.metric("upkeep_failures_total") == 0
            await migrate(owner)
            await eventually(lambda: "inventory" in running.service.missing())
            await import_inventory(
                owner, inventory, catalogue().values(), source="tests", now=IMPORTED_AT
            )
        assert running.metric("database_up") == 1
    assert running.drained
    complaints = [line["reason"] for line in said if line["event"] == NOT_TAKING]
    assert len(complaints) == 2
    assert "EditionError" in complaints[0]
    assert "SchemaError" in complaints[1]


async def test_ingest_leaves_a_newer_schema_alone(
    database_url: str,
    connection: AsyncConnection,
    broker_address: BrokerAddress,
) -> None:
    await connection.execute(
        "INSERT INTO schema_migrations (version, name, checksum, state, edition)"
        " VALUES (9000, '9000_later.sql', '', 'applied', 'apache')"
    )
    async with serving(broker_address, DatabaseAddress.from_url(database_url)) as running:
        await eventually(lambda: "9000_later.sql" in running.service.missing().get("database", ""))
        await connection.execute("DELETE FROM schema_migrations WHERE version = 9000")
        await eventually(lambda: "database" not in running.service.missing())
    assert running.drained


async def test_ingest_says_what_the_database_can_do_and_whether_clocks_agree(
    stocked_url: str,
    broker_address: BrokerAddress,
    capabilities: Capabilities,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = log_of(store_module, monkeypatch)
    database = DatabaseAddress.from_url(stocked_url)
    fast = ShiftedClock(timedelta(seconds=90))
    async with serving(broker_address, database, clock=fast) as running:
        # Clocks are compared after the inventory is read, which is all that it needs to serve.
        await eventually(lambda: ABLE in [line["event"] for line in said])
        assert round(running.metric("database_clock_offset_seconds")) == -90
    lines = {line["event"]: line for line in said}
    able = lines[ABLE]
    assert able["edition"] == capabilities.edition
    assert able["without"] == list(capabilities.missing)
    clocks = lines["the database's clock and ours disagree: set both by NTP"]
    assert round(clocks["database_ahead_seconds"]) == -90


async def test_clocks_that_agree_are_not_spoken_of(
    stocked_url: str, broker_address: BrokerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = log_of(store_module, monkeypatch)
    database = DatabaseAddress.from_url(stocked_url)
    async with serving(broker_address, database, clock=SystemClock()):
        await eventually(lambda: ABLE in [line["event"] for line in said])
    assert [line["event"] for line in said if line["log_level"] != "info"] == []


async def test_a_queue_that_overflowed_while_ingest_was_away_is_told(
    stocked_url: str, make_mosquitto: MakeMosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = log_of(counters_module, monkeypatch)
    broker = make_mosquitto(MosquittoOptions(extra=("max_queued_messages 5", "sys_interval 1")))
    ours, theirs = (
        BrokerAddress.from_environment({"MQTT_URL": broker.url(user, with_password=True)})
        for user in ("ingest", "gateway")
    )
    database = DatabaseAddress.from_url(stocked_url)
    settings = settings_of()
    topic = "srepok/v1/66/22015/somebody/telemetry"
    async with serving(ours, database, settings, forget=False) as running:
        await eventually(lambda: not running.service.missing())
        await eventually(lambda: running.metric("broker_messages_dropped") == 0)
    await publish(theirs, topic, [b"x"] * 12)
    async with serving(ours, database, settings) as running:
        await eventually(lambda: running.metric("broker_messages_dropped") == 7)
        await eventually(lambda: running.metric("messages_settled_total") == 5)
        assert running.metric("broker_messages_kept") >= 0
    (line,) = said
    assert line["dropped_since_its_start"] == 7
