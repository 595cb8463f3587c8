"""Plans: what a history and an edition make of a chain."""

import pytest

from runtime.database.capabilities import Edition
from runtime.database.chain import Migration, parse_migration
from runtime.database.errors import ChainError, EditionError
from runtime.database.history import Record, State, make_plan

COMMON = parse_migration("0001_common.sql", "SELECT 1;")
APACHE = parse_migration("0002_ours.sql", "-- requires: apache\nSELECT 2;")
COMMUNITY = parse_migration("0003_theirs.sql", "-- requires: community\nSELECT 3;")
CHAIN = (COMMON, APACHE, COMMUNITY)


def make_record(migration: Migration, state: State = "applied", checksum: str = "") -> Record:
    return Record(
        migration.version, migration.name, checksum or migration.checksum, state, "apache"
    )


def test_an_empty_database_gets_the_files_of_its_edition() -> None:
    assert make_plan(CHAIN, (), Edition.APACHE).apply == (COMMON, APACHE)
    assert make_plan(CHAIN, (), Edition.APACHE).skip == (COMMUNITY,)
    assert make_plan(CHAIN, (), Edition.COMMUNITY).apply == (COMMON, COMMUNITY)
    assert make_plan(CHAIN, (), Edition.COMMUNITY).skip == (APACHE,)


def test_nothing_is_done_twice() -> None:
    history = [make_record(COMMON), make_record(APACHE), make_record(COMMUNITY, "skipped")]

    plan = make_plan(CHAIN, history, Edition.APACHE)

    assert (plan.apply, plan.skip) == ((), ())


def test_a_move_to_community_applies_what_was_skipped() -> None:
    history = [make_record(COMMON), make_record(APACHE), make_record(COMMUNITY, "skipped")]

    assert make_plan(CHAIN, history, Edition.COMMUNITY).apply == (COMMUNITY,)


def test_a_skipped_file_may_be_mended_before_it_is_applied() -> None:
    history = [
        make_record(COMMON),
        make_record(APACHE),
        make_record(COMMUNITY, "skipped", checksum="of another text"),
    ]

    assert make_plan(CHAIN, history, Edition.COMMUNITY).apply == (COMMUNITY,)


def test_a_file_that_was_begun_is_applied_again() -> None:
    history = [make_record(COMMON), make_record(APACHE, "begun", checksum="of a text that failed")]

    assert make_plan(CHAIN, history, Edition.APACHE).apply == (APACHE,)


@pytest.mark.parametrize("state", ["applied", "begun"])
def test_a_move_from_community_to_apache_is_refused(state: State) -> None:
    history = [make_record(COMMON), make_record(APACHE, "skipped"), make_record(COMMUNITY, state)]

    with pytest.raises(EditionError, match=r"0003_theirs.sql was applied on the Community"):
        make_plan(CHAIN, history, Edition.APACHE)


def test_an_edited_file_is_named_with_both_checksums() -> None:
    history = [make_record(COMMON, checksum="c0ffee")]

    with pytest.raises(ChainError, match=rf"0001_common.sql.*{COMMON.checksum}.*c0ffee"):
        make_plan(CHAIN, history, Edition.APACHE)


def test_a_database_ahead_of_the_program_is_refused() -> None:
    history = [make_record(migration) for migration in CHAIN]

    with pytest.raises(ChainError, match=r"0003_theirs.sql.*older than the database"):
        make_plan(CHAIN[:2], history, Edition.COMMUNITY)


def test_a_renamed_file_is_refused() -> None:
    history = [Record(1, "0001_old_name.sql", COMMON.checksum, "applied", "apache")]

    with pytest.raises(ChainError, match=r"0001_common.sql was applied under the name 0001_old"):
        make_plan(CHAIN, history, Edition.APACHE)


def test_a_file_put_in_before_applied_ones_is_refused() -> None:
    history = [make_record(COMMON), make_record(COMMUNITY)]

    with pytest.raises(ChainError, match=r"0002_ours.sql was never applied, but 0003_theirs"):
        make_plan(CHAIN, history, Edition.COMMUNITY)
