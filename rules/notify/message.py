"""Messages for people: a title and a text, from templates in their language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from province.text import Language, grouped
from rules.incidents.record import IncidentRecord
from rules.model import VillageState
from rules.notify.hours import ZONE
from rules.notify.model import Dispatch
from rules.notify.words import words

_LISTED: Final = 20
"""Incidents, and names of places, that a message lists before it only counts."""
_PLACES: Final = 6


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads.

    Attributes:
        title: one line.
        text: the rest, plain.
    """

    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text in one."""
        return f"{self.title}\n\n{self.text}"


@dataclass(frozen=True)
class Writer:
    """Writes messages.

    Attributes:
        names: of communes, operators, villages and nodes, by code; a code without one stands
            for itself.
        link: of an incident's page, with `{incident}` where its name goes; empty for none.
        runbook: address of what to do about incidents; empty for none.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    runbook: str = ""

    def write(self, dispatch: Dispatch) -> Message:
        """Return the message in its receiver's language."""
        template = _TEXTS.get_template(f"{dispatch.language}/{dispatch.action}.txt.j2")
        text = template.render(
            dispatch=dispatch,
            notice=dispatch.notices[0],
            notices=dispatch.notices[:_LISTED],
            more=max(0, len(dispatch.notices) - _LISTED),
            **self._tools(dispatch),
        )
        title, _, rest = text.strip().partition("\n")
        return Message(" ".join(title.split()), rest.strip() + "\n")

    def page(self, record: IncidentRecord) -> str:
        """Return the address of an incident's page; empty if there is none."""
        return self.link.replace("{incident}", record.incident)

    def _tools(self, dispatch: Dispatch) -> dict[str, Any]:
        language = dispatch.language

        def time(at: float | None) -> str:
            return "" if at is None else local_time(at, language)

        return {
            "now": dispatch.at,
            "time": time,
            "named": self._named,
            "places": lambda record: self._places(record.communes, language),
            "roots": lambda record: self._places(record.root, language),
            "what": lambda record: self._what(record, language),
            "say": lambda word: words(word, language),
            "number": lambda value: number(value, language),
            "dark": _dark,
            "page": self.page,
            "runbook": self.runbook,
            "duration": lambda record: _duration(record, dispatch.at, language),
            "description": lambda record: record.description.get(language, ""),
        }

    def _named(self, code: str) -> str:
        return self.names.get(code, code)

    def _places(self, codes: tuple[str, ...], language: str) -> str:
        listed = ", ".join(self._named(code) for code in codes[:_PLACES])
        more = len(codes) - _PLACES
        return f"{listed} {words('and-more', language).format(more)}" if more > 0 else listed

    def _what(self, record: IncidentRecord, language: str) -> str:
        if summary := record.summary.get(language) or record.summary.get("en"):
            return summary
        what = words(f"class-{record.incident_class}", language)
        roots = self._places(record.root, language)
        return f"{what}: {roots}" if roots else what


def page_of(message: Message, link: str) -> str:
    """Return a message as simple HTML."""
    paragraphs = [each.splitlines() for each in message.text.strip().split("\n\n")]
    template = _PAGES.get_template("mail.html.j2")
    return template.render(title=message.title, paragraphs=paragraphs, link=link)


def local_time(at: float, language: str) -> str:
    """Return an instant as people's clocks show it."""
    local = datetime.fromtimestamp(at, ZONE)
    return f"{local:%H:%M %d/%m/%Y}" if language == "vi" else f"{local:%Y-%m-%d %H:%M} (+07)"


def number(value: float, language: str) -> str:
    """Return a number with its thousands apart."""
    return grouped(round(value), Language(language))


def _dark(record: IncidentRecord) -> int:
    return sum(each.state is VillageState.DARK for each in record.impacts)


def _duration(record: IncidentRecord, now: float, language: str) -> str:
    seconds = max(0.0, (record.ended_at or now) - record.onset)
    hours, minutes = divmod(round(seconds / 60), 60)
    hour, minute = words("hours", language), words("minutes", language)
    return f"{hours} {hour} {minutes} {minute}" if hours else f"{minutes} {minute}"


def _environment(*, html: bool) -> Environment:
    return Environment(
        loader=PackageLoader("rules.notify"),
        autoescape=html,  # noqa: S701 - on for HTML; plain text would show its escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_TEXTS: Final = _environment(html=False)
_PAGES: Final = _environment(html=True)
