"""Lock-out: whoever guesses waits, longer each time; nobody else does."""

from datetime import UTC, datetime, timedelta

from gateway.access.guesses import ADDRESS_TRIES, NAME_TRIES, PAIR_TRIES, Guesses

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_each_wrong_guess_after_the_first_few_doubles_the_wait() -> None:
    guesses = Guesses()
    for _ in range(PAIR_TRIES - 1):
        assert not guesses.note_wrong("192.0.2.1", "token", NOON)
        assert guesses.locked_seconds("192.0.2.1", "token", NOON) == 0

    assert guesses.note_wrong("192.0.2.1", "token", NOON)
    assert guesses.locked_seconds("192.0.2.1", "token", NOON) == 2
    assert guesses.locked_seconds("192.0.2.1", "token", NOON + timedelta(seconds=2)) == 0
    guesses.note_wrong("192.0.2.1", "token", NOON)
    assert guesses.locked_seconds("192.0.2.1", "token", NOON) == 4
    for _ in range(50):
        guesses.note_wrong("192.0.2.1", "token", NOON)
    assert guesses.locked_seconds("192.0.2.1", "token", NOON) == 900
    assert guesses.locked_seconds("192.0.2.1", "token", NOON + timedelta(hours=2)) == 0
    assert not guesses.note_wrong("192.0.2.1", "token", NOON + timedelta(hours=2))


def test_guessing_locks_out_neither_another_address_nor_who_was_let_in_before() -> None:
    guesses = Guesses()
    guesses.note_right("192.0.2.1", "neighbour")
    for number in range(ADDRESS_TRIES):
        guesses.note_wrong("192.0.2.1", f"token{number}", NOON)

    assert guesses.locked_seconds("192.0.2.1", "never seen", NOON) > 0
    assert guesses.locked_seconds("192.0.2.1", "neighbour", NOON) == 0
    assert guesses.locked_seconds("192.0.2.2", "token1", NOON) == 0


def test_a_token_guessed_at_from_everywhere_is_closed_to_strangers_only() -> None:
    guesses = Guesses()
    guesses.note_right("198.51.100.1", "token")
    for number in range(NAME_TRIES):
        guesses.note_wrong(f"192.0.2.{number}", "token", NOON)

    assert guesses.locked_seconds("203.0.113.1", "token", NOON) > 0
    assert guesses.locked_seconds("198.51.100.1", "token", NOON) == 0
    assert guesses.locked_seconds("203.0.113.1", "another", NOON) == 0


def test_memory_is_bounded_and_the_guesser_stays_in_it() -> None:
    guesses = Guesses(most=100)
    for number in range(1000):
        guesses.note_wrong("192.0.2.1", f"token{number}", NOON)
        guesses.note_right("192.0.2.9", f"good{number}")

    assert len(guesses._counts) <= 100
    assert len(guesses._familiar) <= 100
    assert guesses.locked_seconds("192.0.2.1", "new", NOON) == 900
