"""*Pipeline*: what came in, over time, and what was refused."""

from typing import Final

from dashboards.colours import BAD, GOOD, WARNING
from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming, rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, table, time_series
from dashboards.query import queries_of
from dashboards.text import Text, same
from dashboards.words import REFUSALS

_SQL: Final = queries_of("pipeline")


def records() -> Panel:
    """Return what became of records, over time."""
    face = Face(
        title=Text("Records: what became of them", "Bản ghi: kết quả"),
        shows=Text(
            "Records a second by what became of them. Received = stored + duplicate + refused.",
            "Bản ghi mỗi giây theo kết quả. Nhận = lưu + trùng + từ chối.",
        ),
        when_red=Text(
            "The red area is what was refused: see the reasons below. Nothing of any is an "
            "interruption; a tower after it is the queue being worked off.",
            "Vùng đỏ là bị từ chối: xem lý do bên dưới. Tất cả bằng không là gián đoạn; đỉnh cao "
            "sau đó là hàng đợi đang được xử lý.",
        ),
        unit="cps",
    )
    columns = (
        Column(name="stored", title=Text("stored", "đã lưu"), colour=GOOD),
        Column(name="duplicate", title=Text("duplicate", "trùng"), colour=WARNING),
        Column(name="rejected", title=Text("refused", "từ chối"), colour=BAD),
    )
    return time_series("records", face, _SQL["records"], columns=columns, stacked=True)


def messages() -> Panel:
    """Return messages of each worker."""
    face = Face(
        title=Text("Messages, each worker", "Bản tin theo tiến trình"),
        shows=Text(
            "MQTT messages a second that each ingest worker took from the broker.",
            "Số bản tin MQTT mỗi giây mà từng tiến trình ingest lấy từ broker.",
        ),
        when_red=Text(
            "It has no red. A worker whose line ends while others go on was stopped or cut off.",
            "Không có màu đỏ. Tiến trình có đường dừng lại trong khi các đường khác tiếp tục là đã "
            "bị dừng hoặc mất kết nối.",
        ),
        unit="mps",
    )
    return time_series("messages", face, _SQL["messages"])


def accounts() -> Panel:
    """Return minutes whose accounts are wrong."""
    face = Face(
        title=Text("Accounts that do not add up", "Sổ không khớp"),
        shows=Text(
            "Minutes in which received is not stored + duplicate + refused.",
            "Những phút mà số nhận không bằng lưu + trùng + từ chối.",
        ),
        when_red=Text(
            "Any row is a defect of ingest. Run `python -m ingest check` and report what it says.",
            "Có dòng nào là lỗi của ingest. Chạy `python -m ingest check` và báo lại kết quả.",
        ),
        unit="none",
        no_data=Text("all accounts add up", "mọi sổ đều khớp"),
    )
    columns = (
        Column(name="minute", title=Text("Minute", "Phút"), unit="dateTimeAsLocal"),
        Column(name="worker", title=Text("Worker", "Tiến trình")),
        Column(name="received", title=Text("Received", "Nhận")),
        Column(name="stored", title=Text("Stored", "Lưu")),
        Column(name="duplicate", title=Text("Duplicate", "Trùng")),
        Column(name="rejected", title=Text("Refused", "Từ chối")),
        Column(name="missing", title=Text("Missing", "Thiếu"), limits=alarming(warning=1, bad=1)),
    )
    return table("accounts", face, _SQL["accounts"], size=(24, 5), columns=columns)


def letters_by_reason() -> Panel:
    """Return dead letters by reason."""
    face = Face(
        title=Text("Reasons", "Lý do"),
        shows=Text(
            "How often messages were refused, by reason, of those last seen in this time.",
            "Số lần bản tin bị từ chối theo lý do, lần cuối thấy trong thời gian này.",
        ),
        when_red=Text(
            "Take the greatest first; docs/operations/dead-letters.md says what each reason means.",
            "Xử lý lý do lớn nhất trước; docs/operations/dead-letters.md giải thích từng lý do.",
        ),
        unit="none",
        limits=rising(warning=100, bad=1000),
        no_data=Text("nothing was refused", "không có gì bị từ chối"),
        minimum=0,
    )
    columns = (Column(name="reason", words=REFUSALS),)
    return bar_gauge("letters-by-reason", face, _SQL["letters_by_reason"], columns=columns)


def letters() -> Panel:
    """Return the newest dead letters."""
    face = Face(
        title=Text("Newest dead letters", "Bản tin bị từ chối mới nhất"),
        shows=Text(
            "The newest messages that were refused and not replayed since, each with its reason.",
            "Các bản tin mới nhất bị từ chối và chưa được phát lại, kèm lý do.",
        ),
        when_red=Text(
            "It has no red. `python -m ingest letters show NUMBER` prints the payload.",
            "Không có màu đỏ. `python -m ingest letters show SỐ` in ra nội dung.",
        ),
        unit="none",
        no_data=Text("nothing was refused", "không có gì bị từ chối"),
    )
    columns = (
        Column(
            name="last_received_at",
            title=Text("Last", "Lần cuối"),
            unit="dateTimeAsLocal",
            width=170,
        ),
        Column(name="dead_letter_id", title=Text("Number", "Số"), width=80),
        Column(name="reason", title=Text("Reason", "Lý do"), words=REFUSALS, width=160),
        Column(name="detail", title=Text("In words", "Chi tiết")),
        Column(name="device_code", title=Text("Device", "Thiết bị"), width=180),
        Column(name="topic", title=same("Topic")),
        Column(name="occurrences", title=Text("Times", "Số lần"), width=80),
    )
    return table("letters", face, _SQL["letters"], size=(16, 8), columns=columns)
