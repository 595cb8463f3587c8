"""*Alarm load*: chatterers, stale incidents, receivers, mutes and announced work."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.states import SEVERITIES
from dashboards.text import Text
from dashboards.words import CLASSES, KINDS, MUTES

_SQL: Final = queries_of("load")
_LOCAL: Final = "dateTimeAsLocal"


def chatterers() -> Panel:
    """Return the causes with most incidents."""
    face = Face(
        title=Text("Chatterers", "Nguồn lắm lời"),
        shows=Text(
            "The twenty causes with most incidents in this time, and their share of all.",
            "Hai mươi nguyên nhân có nhiều sự cố nhất, và tỷ lệ trên tổng.",
        ),
        when_red=Text(
            "One cause makes a tenth of the load or more: repair it, or shelve it until it is "
            "repaired.",
            "Một nguyên nhân chiếm từ một phần mười: sửa, hoặc gác đến khi sửa xong.",
        ),
        unit="none",
        no_data=Text("no incident in this time", "không có sự cố"),
    )
    columns = (
        Column(name="root", title=Text("Cause", "Nguyên nhân")),
        Column(name="root_kind", title=Text("Kind", "Loại"), words=KINDS, width=100),
        Column(name="incidents", title=Text("Incidents", "Sự cố"), width=80),
        Column(
            name="share",
            title=Text("Share", "Tỷ lệ"),
            unit="percent",
            decimals=1,
            limits=alarming(warning=5, bad=10),
            width=80,
        ),
        Column(name="flapping", title=Text("Flapping", "Chập chờn"), width=80),
        Column(name="newest", title=Text("Newest", "Mới nhất"), unit=_LOCAL, width=160),
        Column(name="rules", title=Text("Rules", "Luật")),
    )
    return table("chatterers", face, _SQL["chatterers"], size=(12, 9), columns=columns)


def stale() -> Panel:
    """Return incidents that are open for more than a day."""
    face = Face(
        title=Text("Open for more than a day", "Mở hơn một ngày, danh sách"),
        shows=Text("The oldest first.", "Cũ nhất trước."),
        when_red=Text(
            "Critical for more than a day: escalate to the operator's management.",
            "Nghiêm trọng hơn một ngày: báo lên lãnh đạo nhà mạng.",
        ),
        unit="none",
        no_data=Text("none is that old", "không có sự cố cũ"),
    )
    columns = (
        Column(
            name="incident_id",
            title=Text("Incident", "Sự cố"),
            link=board_url("incidents", incident="${__data.fields.incident_id}"),
            width=130,
        ),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=100),
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("Since", "Từ"), unit=_LOCAL, width=160),
        Column(name="owner", title=Text("Owner", "Người nhận"), width=100),
    )
    return table("stale-list", face, _SQL["stale_list"], size=(12, 9), columns=columns)


def receivers() -> Panel:
    """Return notices by receiver."""
    face = Face(
        title=Text("Notices, by receiver", "Thông báo theo nơi nhận"),
        shows=Text("What became of notices in this time.", "Kết quả thông báo."),
        when_red=Text(
            "Notices to this receiver fail: its address, its token, or the way there.",
            "Thông báo đến nơi này thất bại: địa chỉ, mã, hoặc đường truyền.",
        ),
        unit="none",
        no_data=Text("nobody was told anything", "chưa báo cho ai"),
    )
    columns = (
        Column(name="receiver", title=Text("Receiver", "Nơi nhận")),
        Column(name="sent", title=Text("Sent", "Đã gửi")),
        Column(name="withheld", title=Text("Withheld", "Giữ lại")),
        Column(name="failed", title=Text("Failed", "Thất bại"), limits=alarming(warning=1, bad=1)),
        Column(name="newest", title=Text("Newest sent", "Gửi mới nhất"), unit=_LOCAL),
    )
    return table("receivers", face, _SQL["receivers"], size=(8, 8), columns=columns)


def mutes() -> Panel:
    """Return silences and shelves."""
    face = Face(
        title=Text("Silences and shelves", "Tắt tiếng và gác"),
        shows=Text(
            "Those that hold now or will, wherever.", "Đang hoặc sắp có hiệu lực, ở mọi nơi."
        ),
        when_red=Text(
            "It has no red. One that nobody remembers hides the next outage: ask who made it.",
            "Không có màu đỏ. Mục không ai nhớ sẽ che lần mất tới: hỏi người tạo.",
        ),
        unit="none",
        no_data=Text("nothing is silenced", "không có gì bị tắt tiếng"),
    )
    columns = (
        Column(name="mute_id", title=Text("Number", "Số"), width=70),
        Column(name="kind", title=Text("Kind", "Loại"), words=MUTES, width=80),
        Column(name="starts_at", title=Text("From", "Từ"), unit=_LOCAL),
        Column(name="ends_at", title=Text("To", "Đến"), unit=_LOCAL),
        Column(name="created_by", title=Text("By", "Bởi")),
        Column(name="comment", title=Text("Why", "Lý do")),
        Column(name="matchers", title=Text("What", "Cái gì")),
    )
    return table("mutes", face, _SQL["mutes"], size=(8, 8), columns=columns)


def windows() -> Panel:
    """Return announced work."""
    face = Face(
        title=Text("Announced work", "Bảo trì đã báo"),
        shows=Text(
            "Work that goes on, comes, or comes again, wherever.",
            "Đang, sắp, hoặc lặp lại, ở mọi nơi.",
        ),
        when_red=Text(
            "It has no red. Work that overruns its window counts as an outage from its end on.",
            "Không có màu đỏ. Việc quá giờ được tính là mất dịch vụ từ lúc hết giờ.",
        ),
        unit="none",
        no_data=Text("no work is announced", "không có bảo trì"),
    )
    columns = (
        Column(name="window_id", title=Text("Number", "Số"), width=70),
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="scope_kind", title=Text("On", "Trên"), words=KINDS, width=80),
        Column(name="scope_code", title=Text("Code", "Mã")),
        Column(name="starts_at", title=Text("From", "Từ"), unit=_LOCAL),
        Column(name="ends_at", title=Text("To", "Đến"), unit=_LOCAL),
        Column(name="recurrence", title=Text("Again", "Lặp lại")),
        Column(name="created_by", title=Text("By", "Bởi")),
    )
    return table("windows", face, _SQL["windows"], size=(8, 8), columns=columns)
