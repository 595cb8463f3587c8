"""Variables: what a reader chooses at the top of a board."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dashboards.datasource import REFERENCE
from dashboards.query import in_languages, queries_of
from dashboards.text import Text

LOCAL_GATEWAY: Final = "http://127.0.0.1:8080"
"""Where the gateway listens if nothing else is said."""

NOTHING_CHOSEN: Final = "''"
"""What `All` becomes in SQL: an empty text, so that `'' IN ($commune)` is true at plan time.

Grafana puts it in as it stands. The list of all values would do too, and be pages long.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A choice among the rows of a query.

    Attributes:
        name: as `$name` in SQL.
        label: its words for people.
        sql: gives `__value` and `__text`; may name variables that stand before it.
        several: whether several values, or all of them, may be chosen; else it is exactly one.
    """

    name: str
    label: Text
    sql: str
    several: bool = True

    def model(self) -> dict[str, Any]:
        """Return it as Grafana's variable."""
        chosen = {"text": ["All"], "value": ["$__all"]} if self.several else {}
        return {
            "type": "query",
            "name": self.name,
            "label": self.label,
            "datasource": REFERENCE,
            "query": in_languages(self.sql),
            "definition": in_languages(self.sql),
            # Each time the board is opened: the inventory changes, but not by the minute.
            "refresh": 1,
            "regex": "",
            "sort": 0,
            "hide": 0,
            "multi": self.several,
            "includeAll": self.several,
            "options": [],
        } | ({"allValue": NOTHING_CHOSEN, "current": chosen} if self.several else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A text that a reader types, or that a link brings along.

    Attributes:
        name: as `$name` in SQL.
        label: its words for people.
    """

    name: str
    label: Text

    def model(self) -> dict[str, Any]:
        """Return it as Grafana's variable."""
        empty = {"selected": True, "text": "", "value": ""}
        return {
            "type": "textbox",
            "name": self.name,
            "label": self.label,
            "query": "",
            "hide": 0,
            "options": [empty],
            "current": empty,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A text that is the same for every reader, for links.

    Attributes:
        name: as `${name}` in a link.
        value: the text.
    """

    name: str
    value: str

    def model(self) -> dict[str, Any]:
        """Return it as Grafana's variable."""
        one = {"selected": True, "text": self.value, "value": self.value}
        return {
            "type": "constant",
            "name": self.name,
            "query": self.value,
            "hide": 2,
            "options": [one],
            "current": one,
        }


AnyVariable: TypeAlias = Variable | Typed | Fixed


def _variable(name: str, label: Text, *, several: bool = True, query: str = "") -> Variable:
    sql = queries_of("variables")[query or name]
    return Variable(name=name, label=label, sql=sql, several=several)


def commune() -> Variable:
    """Return the choice of communes."""
    return _variable("commune", Text("Commune", "Xã, phường"))


def one_commune() -> Variable:
    """Return the choice of one commune, among those with villages."""
    label = Text("Commune", "Xã, phường")
    return _variable("commune", label, several=False, query="commune_with_villages")


def operator() -> Variable:
    """Return the choice of operators."""
    return _variable("operator", Text("Operator", "Nhà mạng"))


def technology() -> Variable:
    """Return the choice of technologies of links."""
    return _variable("technology", Text("Technology", "Công nghệ"))


def village() -> Variable:
    """Return the choice of one village, of the chosen communes."""
    return _variable("village", Text("Village", "Thôn, buôn"), several=False)


def site() -> Variable:
    """Return the choice of one site, of the chosen communes and operators."""
    return _variable("site", Text("Site", "Trạm"), several=False)


def device() -> Variable:
    """Return the choice of sensors, of the chosen communes."""
    return _variable("device", Text("Sensor", "Cảm biến"))


def incident() -> Typed:
    """Return the choice of one incident: by a link from a list, so that it may be of any age."""
    return Typed(name="incident", label=Text("Incident", "Sự cố"))


def gateway(url: str) -> Fixed:
    """Return the address at which people's browsers reach the gateway."""
    return Fixed(name="gateway", value=url)
