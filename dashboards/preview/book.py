"""A book of pages: when each was drawn, when it is read again, and the page to begin with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from dashboards.board import Board
from dashboards.text import Language, Text
from runtime.database.relations import LOCAL_TIME_ZONE

INDEX: Final = "index"
"""Name of the page to begin with."""

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
_AS_OF: Final = Text("As of", "Lúc")
_TITLE: Final = Text("Boards", "Các bảng")
_HEAD, _END_OF_TITLE = "<head>", "</h1>"
_STYLE: Final = (
    "body { font: 15px sans-serif; margin: 24px; color: #24292e } dd { margin: 0 0 12px }"
)


def dated(page: str, drawn_at: datetime, language: Language, reload: timedelta | None) -> str:
    """Return a page that says when it was drawn, and that a browser reads again.

    Args:
        page: the page.
        drawn_at: when it was drawn.
        language: of the page.
        reload: after how long a browser reads it again; None: when it is told to.
    """
    moment = f"{drawn_at.astimezone(_ZONE):%d.%m.%Y %H:%M:%S}"
    page = page.replace(
        _END_OF_TITLE, f"{_END_OF_TITLE}<p>{_AS_OF.of(language)} <time>{moment}</time></p>", 1
    )
    if reload is None:
        return page
    again = f'<meta http-equiv="refresh" content="{reload.total_seconds():.0f}">'
    return page.replace(_HEAD, f"{_HEAD}{again}", 1)


def index(boards: Iterable[Board], language: Language) -> str:
    """Return the page that leads to those of all boards, which lie beside it."""
    listed = "".join(
        f'<dt><a href="{escape(board.name)}.html">{escape(board.title.of(language))}</a></dt>'
        f"<dd>{escape(board.description.of(language))}</dd>"
        for board in boards
    )
    title = escape(_TITLE.of(language))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>Srepok: {title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1><dl>{listed}</dl></body></html>\n"
    )
