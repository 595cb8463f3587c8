"""Links from board to board, which keep language, time and choice."""

from typing import Any, Final
from urllib.parse import quote

from dashboards.text import Language, Text

UID_PREFIX: Final = "srepok-"
TAG: Final = "srepok"
"""On every dashboard of ours."""


def uid_of(board: str, language: Language) -> str:
    """Return the uid of a board's dashboard, fixed for ever."""
    suffix = "" if language is Language.ENGLISH else f"-{language}"
    return f"{UID_PREFIX}{board}{suffix}"


def board_url(board: str, **variables: str) -> Text:
    """Return the address of a board, in the reader's language and for the time on the screen.

    Args:
        board: the board's name.
        variables: value of each of its variables; text such as `${__data.fields.village_code}`
            is filled in by Grafana.
    """
    chosen = "".join(
        f"&var-{name}={quote(value, safe='${}.:_')}" for name, value in variables.items()
    )
    rest = f"?${{__url_time_range}}{chosen}"
    return Text(
        f"/d/{uid_of(board, Language.ENGLISH)}{rest}",
        f"/d/{uid_of(board, Language.VIETNAMESE)}{rest}",
    )


def boards_menu(language: Language) -> dict[str, Any]:
    """Return the menu of all boards in one language."""
    return _link(Text("Boards", "Bảng")) | {
        "type": "dashboards",
        "icon": "external link",
        "tags": [TAG, str(language)],
        "asDropdown": True,
    }


def other_language(board: str, language: Language) -> dict[str, Any]:
    """Return the link to the same board in the other language."""
    other = Language.VIETNAMESE if language is Language.ENGLISH else Language.ENGLISH
    words = {Language.ENGLISH: "English", Language.VIETNAMESE: "Tiếng Việt"}[other]
    return _link(Text(words, words)) | {
        "type": "link",
        "icon": "external link",
        "url": f"/d/{uid_of(board, other)}",
    }


def panel_link(title: Text, url: Text) -> dict[str, Any]:
    """Return a link in the corner of a panel."""
    return _link(title) | {"type": "link", "icon": "external link", "url": url}


def _link(title: Text) -> dict[str, Any]:
    return {
        "title": title,
        "tooltip": "",
        "tags": [],
        "asDropdown": False,
        "targetBlank": False,
        "includeVars": True,
        "keepTime": True,
    }
