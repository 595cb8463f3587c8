"""Messages for people, in their language."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rules.model import Severity
from rules.notify.channels import log_line
from rules.notify.channels.log_line import LogLines
from rules.notify.message import Writer
from rules.notify.model import Telling
from tests.rules.notify.make import NOON, WRITER, clear, make_dispatch, make_record
from tests.runtime.logged import log_of

if TYPE_CHECKING:
    from rules.incidents.record import IncidentRecord


def lines(text: str, words: Iterable[str]) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(tuple(words))]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "[CRITICAL] Broadband outage: trạm Ea Huar, Buôn Đôn (changed)",
                "Where: Buôn Đôn",
                "Cause: trạm Ea Huar",
                "Operators: VNPT",
                "Since: 2026-11-18 11:58 (+07)",
                "Villages: 2, without service: 2; 5,000 households",
                "Severity: CRITICAL (was MAJOR)",
                "Why: cover",
                "Incident: cut-1",
                "Page: https://srepok.example/incidents/cut-1",
                "What to do: https://srepok.example/runbook",
            ],
        ),
        (
            "vi",
            [
                "[NGHIÊM TRỌNG] Mất băng rộng: trạm Ea Huar, Buôn Đôn (thay đổi)",
                "Nơi: Buôn Đôn",
                "Nguyên nhân: trạm Ea Huar",
                "Nhà mạng: VNPT",
                "Từ: 11:58 18/11/2026",
                "Thôn, buôn: 2, mất dịch vụ: 2; 5.000 hộ",
                "Mức độ: NGHIÊM TRỌNG (trước đó LỚN)",
                "Lý do: cover",
                "Sự cố: cut-1",
                "Trang: https://srepok.example/incidents/cut-1",
                "Cách xử lý: https://srepok.example/runbook",
            ],
        ),
    ],
)
def test_an_update_says_what_where_since_when_how_many_and_why(
    language: str, told: list[str]
) -> None:
    record = make_record(severity=Severity.CRITICAL, households=2500)
    dispatch = make_dispatch(record, telling=Telling.UPDATE, before="major", language=language)
    whole = WRITER.write(dispatch).whole
    assert [line for line in whole.splitlines() if line] == told


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("telling", list(Telling))
def test_every_telling_has_its_words_and_needs_no_names_or_links(
    language: str, telling: Telling
) -> None:
    record = make_record(communes=(), operators=(), root=(), impacts=())
    if telling is Telling.RESOLVE:
        record = clear(record, NOON + 3600, into="cut-0")
    message = Writer().write(make_dispatch(record, telling=telling, language=language))
    assert "cut-1" in message.text
    assert "http" not in message.whole
    assert ("cut-0" in message.text) == (telling is Telling.RESOLVE)


def test_an_end_says_when_and_how_long_it_lasted() -> None:
    record = clear(make_record(), NOON + 3600)
    message = WRITER.write(make_dispatch(record, telling=Telling.RESOLVE))
    assert "Ended: 2026-11-18 12:59 (+07) (lasted 1 h 1 min)" in message.text
    assert "What to do" not in message.text


def test_a_rule_s_own_words_come_first() -> None:
    said = {"en": "Water at 4.1 m", "vi": "Mực nước 4,1 m"}
    record = make_record(summary=said, description={"vi": "Gọi đội trực."}, value=4.1)
    message = WRITER.write(make_dispatch(record, language="vi"))
    assert message.title == "[LỚN] Mực nước 4,1 m, Buôn Đôn"
    assert "Gọi đội trực." in message.text
    assert "Giá trị: 4.1" in message.text


def test_a_group_and_a_digest_count_what_they_do_not_list() -> None:
    records = [make_record(f"cut-{number}") for number in range(25)]
    group = WRITER.write(make_dispatch(*records))
    assert group.title == "[MAJOR] 25 incidents, Buôn Đôn"
    assert len(lines(group.text, ["- "])) == 20
    assert "+ 5 more" in group.text
    digest = WRITER.write(make_dispatch(*records, digest=True, language="vi"))
    assert digest.title == "[LỚN] Nhiều sự cố: 25 sự cố đang mở, 240 hộ"
    assert "25 bắt đầu" in digest.text


async def test_the_log_has_a_line_for_each_notice_and_one_for_a_digest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged = log_of(log_line, monkeypatch)
    records: list[IncidentRecord] = [make_record("a"), make_record("b")]
    await LogLines("log", WRITER).send(make_dispatch(*records))
    await LogLines("log", WRITER).send(make_dispatch(*records, digest=True))
    assert [(line["event"], line.get("incident")) for line in logged] == [
        ("notice", "a"),
        ("notice", "b"),
        ("digest", None),
    ]
    assert logged[0]["households"] == 240


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This incident was escalated to you."),
        ("vi", "Sự cố này được nâng cấp lên cho bạn."),
    ],
)
def test_whoever_is_called_by_escalation_is_told_why(language: str, said: str) -> None:
    dispatch = make_dispatch(make_record(), language=language)
    assert said not in WRITER.write(dispatch).text
    notices = (replace(dispatch.notices[0], escalated=True),)
    assert said in WRITER.write(replace(dispatch, notices=notices)).text
