"""Reasons: written down in English, told in both languages."""

import pytest

from province import reasons
from rules.incidents.texts import reason_words
from rules.model import IncidentNotice
from rules.rulebook import alerts
from tests.rules.made import scenario_said


@pytest.mark.parametrize(
    ("said", "en", "vi"),
    [
        (
            reasons.FELL_SILENT.say(devices=3, score=f"{8.44:.1f}"),
            "3 fell silent together, score 8.4",
            "3 thiết bị cùng mất tín hiệu, điểm 8,4",
        ),
        (reasons.PART_OF.say(incident="x3-1"), "part of x3-1", "là một phần của x3-1"),
        (
            reasons.IS_DOWN.say(part="database"),
            "database is down",
            "cơ sở dữ liệu ngừng hoạt động",
        ),
        (reasons.FLAPS.say(), "it flaps", "chập chờn"),
        (alerts.NO_FRESH_VALUE, "no fresh value", "không có giá trị mới"),
    ],
)
def test_a_reason_is_told_in_both_languages_with_its_values(said: str, en: str, vi: str) -> None:
    assert reason_words("rules", said) == {"en": en, "vi": vi}


def test_what_a_person_said_is_told_as_it_was_said() -> None:
    said = "olt-1 is down"
    assert reason_words("Hà", said) == {"en": said, "vi": said}
    assert reason_words("rules", "of another release") == {
        "en": "of another release",
        "vi": "of another release",
    }


@pytest.mark.parametrize("name", ["two-faults", "flapping-link"])
def test_every_reason_of_a_scenario_is_told_in_vietnamese(name: str) -> None:
    _, said = scenario_said(name)
    told = {each.reason for each in said if isinstance(each, IncidentNotice)}
    assert len(told) > 1
    assert [each for each in told if reasons.words_of(each)["vi"] == each] == []
