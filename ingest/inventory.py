"""The inventory, read from the database."""

from psycopg import AsyncConnection

from ingest.queries import query
from ingest.registry import KnownDevice, KnownMetric, Registry
from province.devices import DeviceKind


async def latest_revision(connection: AsyncConnection) -> int:
    """Return the revision of the inventory; 0 before the first import."""
    async with connection.transaction():
        cursor = await connection.execute(query("latest_revision"))
        row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def load_registry(connection: AsyncConnection, revision: int, province: str) -> Registry:
    """Read devices and metrics.

    Args:
        connection: in no transaction.
        revision: what `latest_revision` said before; if an import commits in between, what is
            read is newer than its number and is read again at the next look.
        province: code of the province served.
    """
    async with connection.transaction():
        devices = await connection.execute(query("load_devices"))
        known = {
            code: KnownDevice(device_id, code, commune, DeviceKind(kind).watches_link)
            async for device_id, code, commune, kind in devices
        }
        metrics = await connection.execute(query("load_metrics"))
        catalogue = {
            code: KnownMetric(metric_id, code, minimum, maximum)
            async for metric_id, code, minimum, maximum in metrics
        }
    return Registry(revision, province, known, catalogue)
