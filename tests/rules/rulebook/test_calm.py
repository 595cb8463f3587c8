"""What is only written down while rules are calm comes to the same as what each takes at once.

An engine that is new knows of no rule whether it is calm, and has all of them take the next value.
So one that is made anew for each value, from the state as it is written down, is the one to compare
with.
"""

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rulebook.book import RuleBook
from rules.rulebook.changes import AlertChange, Sample
from rules.rulebook.engine import RuleBookEngine
from tests.rules.rulebook.make import START, as_dicts, copied, make_book, make_subjects

LEVELS = (
    "rule: at-once\nkind: threshold\nmetric: {metric}\nabove: 6\nclear: 3\n",
    "rule: held\nkind: threshold\nmetric: {metric}\nabove: 4\nfor: 3m\nkeep_firing: 2m\n",
    "rule: low\nkind: threshold\nmetric: {metric}\nbelow: 0.5\nfor: 4m\n",
    'rule: by-night\nkind: threshold\nmetric: {metric}\nabove: 3\nbetween: "00:20-01:00"\n',
)
WINDOWS = (
    "rule: mean\nkind: threshold\nmetric: {metric}\nabove: {limit}\nclear: 1\nover: 15m\n",
    "rule: mean-held\nkind: threshold\nmetric: {metric}\nbelow: 1.5\nover: 10m\nfor: 2m\n",
    "rule: mean-long\nkind: threshold\nmetric: {metric}\nabove: {limit}\nclear: 1\nover: 3h\n",
    "rule: sum\nkind: threshold\nmetric: {metric}\nabove: 90\nclear: 60\nover: 1h\ntake: sum\n",
    "rule: least\nkind: threshold\nmetric: {metric}\nabove: 1\nover: 10m\ntake: least\n",
    "rule: most\nkind: threshold\nmetric: {metric}\nbelow: 5\nover: 10m\ntake: most\n",
    "rule: rate\nkind: rate\nmetric: {metric}\nabove: 20\nover: 10m\nkeep_firing: 5m\n",
)
OTHERS = (
    "rule: silent\nkind: absence\nmetric: {metric}\nfor: 3m\n",
    "rule: share\nkind: ratio\nshare: {{metric: {metric}, above: 4}}\nby: commune\nabove: 60%\n",
    "rule: pair\nkind: ratio\nnumerator: {metric}\ndenominator: temperature_c\nabove: 2\n",
)
RULES = (*LEVELS, *WINDOWS, *OTHERS)
SUBJECTS = make_subjects("a", "b", interval=60)
_STEP_SECONDS = 30

rules = st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True)
metrics = st.sampled_from(["loss_percent", "rain_mm", "water_level_m"])
"""A percentage; what is never below nothing; what may be."""
LEVEL = [0.0, 1.0, 2.5, 3.0, 5.0, 9.0]
moods = st.lists(st.tuples(st.sampled_from(LEVEL), st.integers(2, 90)), min_size=2, max_size=8)
"""About what the values are, and for how many steps."""


def book_of(texts: Sequence[str], metric: str, limit: float) -> RuleBook:
    return make_book(*(text.format(metric=metric, limit=limit) for text in texts))


def told(moods: Sequence[tuple[float, int]], metric: str, random: Random) -> Iterator[Sample]:
    """Yield values by the time they come: most in order, some late, again, or none for a while."""
    step = 0
    for level, steps in moods:
        spread = random.choice([0.0, 0.2, 1.5])
        for _ in range(steps):
            step += random.choice([1, 1, 1, 1, 1, 1, 1, 30]) if random.random() < 0.1 else 1
            late = random.choice([20, 45, 400, 1200]) if random.random() < 0.04 else 0
            at = START + step * _STEP_SECONDS - late + random.choice([0, 0, 0.0006, 0.25])
            around = random.choice(LEVEL) if late else level
            values = {metric: max(0.0, round(random.gauss(around, spread), 2))}
            if random.random() < 0.1:
                values["temperature_c"] = 2.0
            yield Sample(at, random.choice("aaab"), values)
            if random.random() < 0.02:
                yield Sample(at, "a", values)


def judged(
    books: Sequence[RuleBook], samples: Sequence[Sample], *, anew: bool
) -> tuple[list[AlertChange], list[object]]:
    """Return what was said and what is known in the end, with another rulebook halfway."""
    engine = RuleBookEngine(books[0], SUBJECTS)
    changes: list[AlertChange] = []
    now = START
    for number, one in enumerate(samples):
        book = books[number >= len(samples) // 2]
        if anew or number == len(samples) // 2:
            engine = RuleBookEngine(book, SUBJECTS, copied(engine.state))
        now = max(now, one.at)
        changes += engine.advance([one], now)
    changes += engine.advance([], now + 3600)
    known: list[object] = [(each.rule, each.device, each.status) for each in engine.standing()]
    return changes, known


@settings(max_examples=60, deadline=None)
@given(rules, rules, metrics, moods, st.integers(0, 2**32))
def test_what_calm_rules_take_later_comes_to_the_same(
    before: list[str],
    after: list[str],
    metric: str,
    drawn: list[tuple[float, int]],
    seed: int,
) -> None:
    books = book_of(before, metric, 2.8), book_of(after, metric, 1.4)
    samples = list(told(drawn, metric, Random(seed)))
    quick, careful = judged(books, samples, anew=False), judged(books, samples, anew=True)
    assert as_dicts(quick[0]) == as_dicts(careful[0])
    assert quick[1] == careful[1]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([9.0] * 12 + [2.5] * 60, id="some were outside before it spans enough"),
        pytest.param([1.0] * 40 + [9.0] * 8 + [2.7] * 40, id="one outside, then none"),
        pytest.param([1.0] * 40 + [2.81] * 60, id="just outside"),
        pytest.param([2.81] * 40 + [2.79] * 60 + [2.81] * 60, id="about the limit"),
    ],
)
@pytest.mark.parametrize("rule", WINDOWS)
def test_a_window_opens_no_later_than_if_each_value_is_taken_at_once(
    rule: str, values: list[float]
) -> None:
    books = [book_of([rule], "rain_mm", 2.8)] * 2
    samples = [
        Sample(START + number * _STEP_SECONDS, "a", {"rain_mm": value})
        for number, value in enumerate(values)
    ]
    assert judged(books, samples, anew=False) == judged(books, samples, anew=True)
