"""Annotations: incidents and maintenance, marked on every time series."""

from dataclasses import dataclass
from typing import Any, Final

from dashboards.colours import SKY, VERMILION
from dashboards.datasource import REFERENCE
from dashboards.query import Query, queries_of
from dashboards.text import Text

BUILT_IN: Final[dict[str, Any]] = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": SKY,
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""Grafana's own: what people write onto a chart by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What is marked on time series.

    Attributes:
        name: its words at the switch on top of the board.
        sql: gives `time`, `timeend`, `text` and `tags`.
        colour: of the marks.
    """

    name: Text
    sql: str
    colour: str

    def model(self) -> dict[str, Any]:
        """Return it as Grafana's annotation query."""
        return {
            "name": self.name,
            "enable": True,
            "iconColor": self.colour,
            "datasource": REFERENCE,
            "target": Query(self.sql, ref="Annotation").target(),
        }


def of_the_province() -> tuple[Annotation, ...]:
    """Return incidents and maintenance anywhere."""
    return _annotations("incidents", "maintenance")


def of_communes() -> tuple[Annotation, ...]:
    """Return incidents that touch the chosen communes, and maintenance that does."""
    return _annotations("incidents_of_communes", "maintenance_of_communes")


def of_village() -> tuple[Annotation, ...]:
    """Return incidents that touch the chosen village, and maintenance that does."""
    return _annotations("incidents_of_village", "maintenance_of_village")


def of_site() -> tuple[Annotation, ...]:
    """Return incidents of the chosen site or of links by it, and maintenance that touches them."""
    return _annotations("incidents_of_site", "maintenance_of_site")


def _annotations(incidents: str, maintenance: str) -> tuple[Annotation, ...]:
    sql = queries_of("annotations")
    return (
        Annotation(name=Text("Incidents", "Sự cố"), sql=sql[incidents], colour=VERMILION),
        Annotation(name=Text("Maintenance", "Bảo trì"), sql=sql[maintenance], colour=SKY),
    )
