"""The chain of migration files: names, headers, checksums, statements."""

from pathlib import Path

import pytest

from runtime.database.capabilities import Edition
from runtime.database.chain import (
    Statement,
    parse_migration,
    read_chain,
    shipped_chain,
    split_statements,
)
from runtime.database.errors import ChainError


def test_the_shipped_chain_is_numbered_without_gaps() -> None:
    chain = shipped_chain()

    assert [migration.version for migration in chain] == list(range(1, len(chain) + 1))


def test_headers_stand_in_the_first_comment_lines() -> None:
    migration = parse_migration(
        "0001_x.sql", "-- Says what it is.\n-- requires: community\n-- no-transaction\nSELECT 1;"
    )

    assert migration.requires is Edition.COMMUNITY
    assert not migration.transactional


def test_a_header_below_the_first_statement_is_a_comment() -> None:
    migration = parse_migration("0001_x.sql", "SELECT 1;\n-- no-transaction\n")

    assert migration.transactional


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("0001_x.sql", "-- requires: comunity\n", "0001_x.sql: header 'requires' cannot be 'com"),
        ("0001_x.sql", "-- requires:\n", "0001_x.sql: header 'requires' cannot be ''"),
        ("0001_x.sql", "-- no-transaction: yes\n", "header 'no-transaction' cannot be 'yes'"),
        ("1_x.sql", "", "1_x.sql: a migration is named NNNN_lower_case_words.sql"),
        ("0001_X.sql", "", "0001_X.sql: a migration is named"),
    ],
)
def test_a_misspelt_name_or_header_is_an_error(name: str, text: str, message: str) -> None:
    with pytest.raises(ChainError, match=message):
        parse_migration(name, text)


def test_line_ends_do_not_change_the_checksum() -> None:
    texts = ("SELECT 1;\nSELECT 2;\n", "SELECT 1;\r\nSELECT 2;\r\n", "SELECT 1;\rSELECT 2;\r")

    assert len({parse_migration("0001_x.sql", text).checksum for text in texts}) == 1


@pytest.mark.parametrize("names", [["0001_a.sql", "0003_c.sql"], ["0001_a.sql", "0001_b.sql"]])
def test_a_gap_or_a_number_given_twice_is_an_error(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")

    with pytest.raises(ChainError, match=f"{names[1]}: expected number 0002"):
        read_chain(tmp_path)


def test_statements_end_at_semicolons_outside_of_quotes_bodies_and_comments() -> None:
    text = """-- first; not here
SELECT 'a;''b;', "c;d"; /* nor; here */
DO $$ BEGIN; -- ';
END $$;

DO $body$ SELECT $$;$$; $body$;  -- last;
SELECT 1"""

    assert split_statements(text) == [
        Statement("SELECT 'a;''b;', \"c;d\"", 2),
        Statement("DO $$ BEGIN; -- ';\nEND $$", 3),
        Statement("DO $body$ SELECT $$;$$; $body$", 6),
        Statement("SELECT 1", 7),
    ]


@pytest.mark.parametrize("text", ["", ";", " ;;\n-- no more\n", "/* ; */"])
def test_comments_alone_are_no_statement(text: str) -> None:
    assert split_statements(text) == []
