"""What docs/dashboards.md tells a newcomer to write, tried."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards import board, column, face, limits, panel, panels, query, text
from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.panel import Panel
from dashboards.preview.asking import ask
from dashboards.query import queries_of
from dashboards.screen import Screen
from dashboards.text import Language, localise
from tests.dashboards.asking import range_of

PAGE: Final = Path(__file__).parents[2] / "docs" / "dashboards.md"
CONTENT: Final = PAGE.read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the example in a language, without the indentation of its list."""
    found = re.search(rf"^   ```{language}\n(.*?)^   ```$", CONTENT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return re.sub(r"^   ", "", found[1], flags=re.MULTILINE)


@pytest.mark.servers
async def test_the_example_of_a_query_runs(as_grafana: AsyncConnection) -> None:
    head, _, sql = block("sql").partition("\n")
    assert re.fullmatch(r"-- (\w+): (\S.*)", head)
    for name, fragment in queries_of("shared").items():
        sql = re.sub(rf"@{name}\b", fragment.replace("\\", r"\\"), sql)
    # Nothing that reports strokes is in the database, so another metric stands for it.
    sql = sql.replace("lightning_count", "rain_mm").strip().removesuffix(";")
    screen = Screen(range_of(timedelta(days=1)), timedelta(minutes=1))
    answer = await ask(as_grafana, expand(sql, screen))
    assert answer.names == ["time", "strokes"]
    assert answer.rows


def test_the_example_of_a_panel_makes_one() -> None:
    names: dict[str, Any] = {"_SQL": {"strokes": "SELECT 1"}}
    for module in (board, column, face, limits, panel, panels, query, text):
        names |= vars(module)
    # It is our own page, as it is in the repository.
    exec(block("python"), names)  # noqa: S102 - see above
    made = names["strokes"]()
    assert isinstance(made, Panel)
    assert localise(made.body["title"], Language.VIETNAMESE) == "Sét"


def test_the_page_lists_every_board() -> None:
    for one in all_boards():
        assert f"*{one.title.en}* (`{one.name}`)" in CONTENT
