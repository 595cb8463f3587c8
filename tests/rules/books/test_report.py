"""`python -m rules report` on a database: what it prints, and what it refuses."""

import argparse
import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from province.inventory import Inventory
from province.topology import Link
from rules.books.builder import build_days
from rules.books.figures import Book, figures_of
from rules.books.formats import percent
from rules.books.page import page
from rules.books.present import load_present
from rules.books.records import CAUSE_COLUMNS
from rules.books.report import NoBooksError, Report, Request, load_report
from rules.books.request import MonthError, request_of
from rules.books.sheet import present_sheet, sheet
from rules.books.shelf import _COLUMNS
from rules.books.table import WIDTH, present_table, table
from rules.books.words import words_of
from rules.cli import main
from rules.commands import report as command
from rules.store.places import UnknownPlaceError, check_places
from tests.databases import ConnectAs
from tests.rules.books.make import DAY, at
from tests.rules.books.stored import add_incident, add_spell, watch

pytestmark = pytest.mark.servers

FIRST, LAST = DAY.replace(day=1), DAY.replace(day=31)
NOW: Final = at("12:00", LAST)


@pytest.fixture
def link(inventory: Inventory) -> Link:
    """An optical link."""
    return next(link for link in inventory.links if not link.technology.mobile)


@pytest_asyncio.fixture
async def kept(
    stocked_url: str,  # noqa: ARG001 - the database's
    connect_as: ConnectAs,
    inventory: Inventory,
    link: Link,
) -> AsyncConnection:
    """A month of books in which one link and its village fell for two hours."""
    connection = await connect_as("srepok_rules")
    await watch(connection, at("00:00", FIRST), NOW)
    await add_incident(connection, "i", [link.node], "splitter", at("08:00"))
    for kind, codes, good, bad, fallen in (
        ("village", [each.code for each in inventory.villages], "served", "dark", link.village),
        ("link", [each.code for each in inventory.links], "up", "down", link.code),
    ):
        for code in codes:
            end = at("08:00") if code == fallen else None
            await add_spell(connection, kind, code, at("00:00", FIRST), end, good)
        await add_spell(connection, kind, fallen, at("08:00"), at("10:00"), bad, "i")
        await add_spell(connection, kind, fallen, at("10:00"), None, good)
    await build_days(connection, FIRST, LAST, NOW)
    return connection


async def reported(connection: AsyncConnection, **asked: str) -> Report:
    return await load_report(connection, Request(FIRST, LAST, **asked), NOW)


async def test_groups_add_up_to_the_total_whatever_it_is_asked_by(
    kept: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    households = {village.code: village.households for village in inventory.villages}
    for by in ("village", "commune", "province"):
        report = await reported(kept, by=by)

        assert report.total.sums.down == households[link.village] * 7200
        assert sum(line.sums.down for line in report.rows) == report.total.sums.down
        assert sum(line.figures.households for line in report.rows) == pytest.approx(
            sum(households.values())
        )
    (worst, *_) = (await reported(kept, by="village")).rows
    assert worst.code == link.village
    assert worst.figures.books[Book.GROSS].saidi.least == pytest.approx(120)


async def test_an_operators_figures_are_those_of_its_links(
    kept: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    report = await reported(kept, by="operator")

    fallen = next(line for line in report.rows if line.code == link.operator)
    of = [each for each in inventory.links if each.operator == link.operator]
    users = sum(each.households or 0 for each in of)
    assert fallen.places == len(of)
    assert fallen.figures.households == pytest.approx(users)
    assert fallen.sums.down == (link.households or 0) * 7200
    alone = await reported(kept, by="link", operator=link.operator)
    assert alone.total.sums == fallen.sums
    assert {line.code for line in alone.rows} == {each.code for each in of}


async def test_one_commune_is_counted_alone(
    kept: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    commune = link.village.split("-")[0]

    report = await reported(kept, by="village", commune=commune)

    assert all(line.code.startswith(commune) for line in report.rows)
    name = next(each.name for each in inventory.communes if each.code == commune)
    assert table(report, words_of("en")).startswith(f"Broadband availability: Đắk Lắk, {name}\n")
    other = next(
        line.code for line in (await reported(kept, by="commune")).rows if line.code != commune
    )
    assert (await reported(kept, commune=other)).total.sums.down == 0


async def test_a_day_that_stands_out_of_a_long_history_is_named_and_counted_all_the_same(
    connection: AsyncConnection, kept: AsyncConnection, link: Link
) -> None:
    before = await reported(kept)
    # A hundred days on which that village was down for one to seven seconds.
    await connection.execute(
        """
        INSERT INTO village_days SELECT %s - number, village_code, 0, 'final', households,
            86399 - number %% 7, 0, 1 + number %% 7, 0, 0, 0, 0, 0, 0, 1 + number %% 7, 0, 0,
            0, 0, 0, 0, 0, 0, built_at
        FROM village_days CROSS JOIN generate_series(1, 100) AS number
        WHERE village_code = %s AND day = %s
        """,
        [FIRST, link.village, FIRST],
    )

    report = await reported(kept)

    assert (before.major.limit, before.major.history) == (None, 0)
    assert (list(report.major.days), report.major.history) == ([DAY], 100)
    assert report.total.sums == before.total.sums
    assert f"\n  {DAY}  " in table(report, words_of("en"))


async def test_the_table_fits_a_hundred_columns_and_marks_what_is_provisional(
    kept: AsyncConnection,
) -> None:
    for language in ("en", "vi"):
        for by in ("village", "link", "commune", "operator", "province", "cause"):
            text = table(await reported(kept, by=by), words_of(language))

            assert max(map(len, text.splitlines())) <= WIDTH
    text = table(await reported(kept, by="village"), words_of("en"))
    assert "\n* " in text
    assert "provisional: 4 of these days" in text
    assert ">= 99.5" in text
    assert "QCVN 34:2019" in text


async def test_the_csv_is_rfc_4180_with_the_documented_columns(kept: AsyncConnection) -> None:
    page_of = Path(__file__).parents[3] / "docs" / "operations" / "books.md"
    documented = page_of.read_text(encoding="utf-8")

    for by in ("village", "cause"):
        text = sheet(await reported(kept, by=by))

        assert text.count("\r\n") == text.count("\n")
        rows = list(csv.DictReader(io.StringIO(text)))
        for column in rows[0]:
            stem = column.removesuffix("_gross").removesuffix("_net").removesuffix("_network")
            assert f"`{column}`" in documented or f"`{stem}_BOOK`" in documented, column
    rows = list(csv.DictReader(io.StringIO(sheet(await reported(kept, by="village")))))
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    fallen = [row for row in rows if float(row["access_minutes"])]
    assert [(row["access_minutes"], row["b_saifi_gross"]) for row in fallen] == [("120.0", "1.0")]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.cells: list[list[int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "table":
            self.cells.append([])
        elif tag == "tr":
            self.cells[-1].append(0)
        elif tag in {"td", "th"}:
            self.cells[-1][-1] += 1
        assert not {name for name, _ in attrs} & {"src", "href", "onload"}

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_the_page_needs_nothing_else_and_takes_names_for_text(
    kept: AsyncConnection, link: Link
) -> None:
    report = await reported(kept, by="village")
    rows = [replace(line, name="<script>alert(1)</script>") for line in report.rows]
    rows[0] = replace(rows[0], figures=figures_of(replace(rows[0].sums, household_days=0)))

    for language in ("en", "vi"):
        parsed = _Tags()
        parsed.feed(page(replace(report, rows=rows), language))
        assert "script" not in parsed.tags
        assert "<script>alert(1)</script>" in parsed.text
        assert words_of(language).title in parsed.text
        assert parsed.tags.count("tr") > len(rows)
        # In each table every row has as many cells as its head.
        for cells in parsed.cells:
            assert len(set(cells)) == 1, cells
    assert link.village in {line.code for line in report.rows}


async def test_days_without_books_are_unknown_and_make_an_interval(kept: AsyncConnection) -> None:
    before = FIRST - timedelta(days=28)

    report = await load_report(kept, Request(before, LAST), NOW)

    assert (report.asked, len(report.kept)) == (59, 31)
    assert report.total.figures.observed == pytest.approx(31 / 59, abs=0.01)
    assert not report.total.figures.books[Book.GROSS].availability.is_one
    assert "31 of 59 days" in table(report, words_of("en"))


async def test_a_month_without_books_says_where_they_begin(kept: AsyncConnection) -> None:
    with pytest.raises(NoBooksError, match=f"the books begin on {FIRST}"):
        await load_report(
            kept, Request(FIRST.replace(month=1), FIRST.replace(month=1, day=31)), NOW
        )


async def test_what_is_unknown_is_named_with_what_comes_near(
    kept: AsyncConnection, inventory: Inventory
) -> None:
    commune = inventory.communes[0]

    for asked, near in (
        ({"commune": commune.code[:-1]}, commune.code),
        ({"commune": commune.name_ascii.lower()}, commune.code),
        ({"operator": "vietel"}, "viettel"),
    ):
        (name, value), *_ = asked.items()
        with pytest.raises(UnknownPlaceError, match=f"--{name} {value}: .*did you mean .*{near}"):
            await check_places(kept, asked.get("commune"), asked.get("operator"))


@pytest.mark.parametrize(
    ("month", "message"),
    [
        ("2026-04", "--month 2026-04: has not begun; today is 2026-03-31"),
        ("2026-13", "--month: '2026-13' is not a month such as 2026-03"),
        ("march", "--month: 'march' is not a month such as 2026-03"),
    ],
)
def test_a_month_that_cannot_be_reported_on_is_named(month: str, message: str) -> None:
    with pytest.raises(MonthError, match=message):
        request_of(month, "commune", None, None, NOW)


class At:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.configure(parser.add_subparsers())
    return parser.parse_args(["report", *arguments])


def test_the_command_rebuilds_writes_its_file_and_names_what_is_wrong(
    stocked_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"DATABASE_URL": stocked_url}
    out = tmp_path / "march.csv"
    options = parse("--month", "2026-03", "--format", "csv", "--rebuild", "--out", str(out))

    assert command.run(options, environ, At(NOW)) == 0

    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode())))
    assert {row["observed_share"] for row in rows} == {"0.0"}
    assert command.run(parse("--now"), environ, At(NOW)) == 0
    assert "villages with broadband" in capsys.readouterr().out
    assert main(["report", "--month", "2999-01"], environ) == 2
    assert main(["report", "--month", "2026-03", "--commune", "nowhere"], environ) == 2
    assert main(["report", "--now", "--rebuild"], environ) == 2
    said = capsys.readouterr().err
    assert "2999-01: has not begun" in said
    assert "--commune nowhere: no such commune" in said


async def test_the_present_is_what_links_say_while_somebody_watches(
    kept: AsyncConnection, inventory: Inventory
) -> None:
    stated = {share.name: share for share in await load_present(kept, NOW)}

    assert stated["broadband"].now.least == 1
    assert stated["broadband"].whole == len(inventory.villages)
    people = sum(commune.population for commune in inventory.communes)
    assert stated["4g"].whole == pytest.approx(people, rel=0.001)
    assert stated["4g"].now.least == pytest.approx(stated["4g"].built)
    assert 0 < stated["5g"].built < 1
    blind = {share.name: share for share in await load_present(kept, NOW + timedelta(hours=1))}
    assert (blind["broadband"].now.least, blind["broadband"].now.most) == (0, 1)
    assert max(map(len, present_table(list(blind.values())).splitlines())) <= WIDTH
    assert present_sheet(list(blind.values())).startswith("name,whole,stated,built,now_least")
    assert percent(stated["broadband"].now.least) == "100.00"


def test_the_columns_of_the_queries_are_those_of_the_causes() -> None:
    at_first = _COLUMNS.index("maintenance_seconds")

    assert _COLUMNS[at_first : at_first + 8] == tuple(CAUSE_COLUMNS.values())
