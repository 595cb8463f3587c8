"""Relations: the names that boards and services may use, the same on both editions."""

from dataclasses import dataclass
from typing import Final

LINK_REPORTS: Final = "link_reports"
SENSOR_READINGS: Final = "sensor_readings"
PRESENCE_EVENTS: Final = "presence_events"

DEVICE_STATES: Final = "device_states"
SENSOR_STATES: Final = "sensor_states"

DEAD_LETTERS: Final = "dead_letters"
INGEST_MINUTES: Final = "ingest_minutes"
INGEST_QUEUES: Final = "ingest_queues"
ROLLUP_MARKS: Final = "rollup_marks"
RETENTION_SETTINGS: Final = "retention_settings"

INCIDENTS: Final = "incidents"
INCIDENT_VILLAGES: Final = "incident_villages"
INCIDENT_LINKS: Final = "incident_links"
INCIDENT_ENTRIES: Final = "incident_entries"
MAINTENANCE_WINDOWS: Final = "maintenance_windows"
MUTES: Final = "mutes"
NOTIFICATIONS: Final = "notifications"
VILLAGE_SPELLS: Final = "village_spells"
LINK_SPELLS: Final = "link_spells"
WATCH_SPELLS: Final = "watch_spells"

VILLAGE_DAYS: Final = "village_days"
LINK_DAYS: Final = "link_days"
VILLAGE_BOOKS: Final = "village_books"
LINK_BOOKS: Final = "link_books"
BOOK_REVISIONS: Final = "book_revisions"
BOOK_MARKS: Final = "book_marks"

API_TOKENS: Final = "api_tokens"
DEVICE_KEYS: Final = "device_keys"
PAGE_SESSIONS: Final = "page_sessions"
ACCESS_ENTRIES: Final = "access_entries"

PROVINCES: Final = "provinces"
OPERATORS: Final = "operators"
COMMUNES: Final = "communes"
VILLAGES: Final = "villages"
NODES: Final = "nodes"
NODE_PARENTS: Final = "node_parents"
LINKS: Final = "links"
DEVICES: Final = "devices"
DEVICE_ALIASES: Final = "device_aliases"
METRICS: Final = "metrics"
INVENTORY_REVISIONS: Final = "inventory_revisions"

INVENTORY_CHANNEL: Final = "srepok_inventory"
"""NOTIFY channel on which the number of each new inventory revision is announced."""

RULES_CHANNEL: Final = "srepok_rules"
"""NOTIFY channel on which what people did is announced: the kind of the entry, and its subject."""

INCIDENTS_CHANNEL: Final = "srepok_incidents"
"""NOTIFY channel on which the name of each incident that changed is announced."""

SPELLS_CHANNEL: Final = "srepok_spells"
"""NOTIFY channel on which the name of the relation is announced when spells changed in it."""

ACCESS_CHANNEL: Final = "srepok_access"
"""NOTIFY channel on which each change of tokens, keys or sessions is announced: its table."""

LOCAL_TIME_ZONE: Final = "Asia/Ho_Chi_Minh"
"""Days of the daily roll-ups begin at midnight here."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """One level of roll-up: a table (Apache) or a continuous aggregate (Community).

    Attributes:
        name: of the relation.
        source: the relation it is computed from.
        bucket: length of a bucket, as PostgreSQL interval text; days are local days.
    """

    name: str
    source: str
    bucket: str


LINK_ROLLUPS: Final = (
    RollUp("link_reports_1m", LINK_REPORTS, "1 minute"),
    RollUp("link_reports_1h", "link_reports_1m", "1 hour"),
    RollUp("link_reports_1d", "link_reports_1h", "1 day"),
)
"""Roll-ups of link reports, finest first."""

SENSOR_ROLLUPS: Final = (
    RollUp("sensor_readings_1m", SENSOR_READINGS, "1 minute"),
    RollUp("sensor_readings_1h", "sensor_readings_1m", "1 hour"),
    RollUp("sensor_readings_1d", "sensor_readings_1h", "1 day"),
)
"""Roll-ups of sensor readings, finest first."""

HYPERTABLES: Final = (LINK_REPORTS, SENSOR_READINGS, PRESENCE_EVENTS)
"""Hypertables of rows as they came; time column `observed_at`."""
