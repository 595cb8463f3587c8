"""*Incidents*: the story of the chosen one."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.lines import operators
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table, time_series
from dashboards.query import queries_of
from dashboards.states import NOTICE_STATES, SEVERITIES, VILLAGE_STATES
from dashboards.text import Text
from dashboards.words import (
    ACTORS,
    CLASSES,
    DECISIONS,
    ENTRIES,
    KINDS,
    STATUSES,
    TELLINGS,
    WITHHELD,
)

_SQL: Final = queries_of("incidents")
_CHOOSE: Final = Text("choose an incident in the list", "chọn một sự cố trong danh sách")
_LOCAL: Final = "dateTimeAsLocal"


def head() -> Panel:
    """Return the incident itself."""
    face = Face(
        title=Text("Incident", "Sự cố"),
        shows=Text(
            "What it is, its cause, since when, and what to do.",
            "Nội dung, nguyên nhân, từ khi nào, và cần làm gì.",
        ),
        when_red=Text(
            "It is critical: what to do stands in the column *To do*.",
            "Nghiêm trọng: việc cần làm ở cột *Cần làm*.",
        ),
        unit="none",
        no_data=_CHOOSE,
    )
    columns = (
        Column(name="incident_id", title=Text("Incident", "Sự cố")),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES),
        Column(name="status", title=Text("Status", "Tình trạng"), words=STATUSES),
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="todo", title=Text("To do", "Cần làm")),
        Column(name="root_kind", title=Text("Kind of cause", "Loại nguyên nhân"), words=KINDS),
        Column(name="root", title=Text("Cause", "Nguyên nhân")),
        Column(name="onset_at", title=Text("Began", "Bắt đầu"), unit=_LOCAL),
        Column(name="opened_at", title=Text("Decided", "Quyết định"), unit=_LOCAL),
        Column(name="ended_at", title=Text("Ended", "Kết thúc"), unit=_LOCAL),
        Column(name="households", title=Text("Households", "Số hộ")),
        Column(name="villages", title=Text("Villages", "Thôn")),
        Column(name="links", title=Text("Links", "Đường")),
        Column(name="owner", title=Text("Owner", "Người nhận")),
        Column(name="merged_into", title=Text("Part of", "Thuộc về")),
    )
    return table("head", face, _SQL["head"], size=(24, 4), columns=columns)


def timeline() -> Panel:
    """Return what happened to it."""
    face = Face(
        title=Text("Timeline", "Diễn biến"),
        shows=Text(
            "What was decided and who did what, the newest first.",
            "Các quyết định và ai đã làm gì, mới nhất trước.",
        ),
        when_red=Text(
            "It has no red. Nothing is ever taken out of it: it is the audit too.",
            "Không có màu đỏ. Không dòng nào bị xóa: đây cũng là nhật ký kiểm tra.",
        ),
        unit="none",
        no_data=_CHOOSE,
    )
    columns = (
        Column(name="at", title=Text("When", "Khi nào"), unit=_LOCAL, width=170),
        Column(name="kind", title=Text("What", "Gì"), words=ENTRIES, width=140),
        Column(name="actor", title=Text("Who", "Ai"), words=ACTORS, width=110),
        Column(name="reason", title=Text("Why", "Tại sao"), words=DECISIONS),
        Column(name="said", title=Text("Said", "Lời ghi")),
        Column(name="detail", title=Text("More", "Thêm")),
    )
    return table("timeline", face, _SQL["timeline"], size=(12, 9), columns=columns)


def impacts() -> Panel:
    """Return the villages that it impairs."""
    face = Face(
        title=Text("Villages", "Các thôn"),
        shows=Text(
            "What it does to each village, by itself, and the share of its households cut off.",
            "Ảnh hưởng của riêng nó đến từng thôn, và tỷ lệ hộ bị cắt.",
        ),
        when_red=Text(
            "Dark by this alone. Sites with a generator nearby may take over: open the village.",
            "Mất dịch vụ chỉ vì sự cố này. Trạm gần có máy phát có thể thay thế: mở bảng thôn.",
        ),
        unit="none",
        no_data=_CHOOSE,
    )
    columns = (
        Column(name="village_code", title=Text("Code", "Mã"), width=110),
        Column(
            name="name",
            title=Text("Village", "Thôn"),
            link=board_url("village", village="${__data.fields.village_code}"),
        ),
        Column(name="commune", title=Text("Commune", "Xã, phường")),
        Column(name="state", title=Text("State", "Trạng thái"), states=VILLAGE_STATES, width=110),
        Column(name="since", title=Text("From", "Từ"), unit=_LOCAL, width=170),
        Column(name="until", title=Text("To", "Đến"), unit=_LOCAL, width=170),
        Column(name="households", title=Text("Households", "Số hộ"), width=90),
        Column(name="share", title=Text("Cut off", "Bị cắt"), unit="percent", decimals=0, width=80),
    )
    return table("impacts", face, _SQL["impacts"], size=(12, 9), columns=columns)


def evidence() -> Panel:
    """Return what the probes of its links said."""
    face = Face(
        title=Text("Evidence: reports of its probes", "Chứng cứ: báo cáo của thiết bị đo"),
        shows=Text(
            "Reports a minute of the probes of the links that it takes down, by operator, from an "
            "hour before it began; at most its newest day.",
            "Số báo cáo mỗi phút của thiết bị đo trên các đường bị ảnh hưởng, theo nhà mạng, từ "
            "một giờ trước khi bắt đầu; nhiều nhất một ngày.",
        ),
        when_red=Text(
            "It has no red. A step to nothing is a cut; a slow decline is batteries.",
            "Không có màu đỏ. Rơi thẳng về không là đứt; giảm dần là hết ắc quy.",
        ),
        unit="none",
        no_data=_CHOOSE,
    )
    return time_series("evidence", face, _SQL["evidence"], columns=operators())


def withheld() -> Panel:
    """Return what was withheld because of it."""
    face = Face(
        title=Text("Withheld, and why", "Giữ lại, và lý do"),
        shows=Text(
            "What would have been an alert of its own, and the decision that withheld it.",
            "Những gì lẽ ra là cảnh báo riêng, và quyết định giữ lại.",
        ),
        when_red=Text(
            "It has no red. Each row is a call that nobody had to answer.",
            "Không có màu đỏ. Mỗi dòng là một cuộc gọi không ai phải nghe.",
        ),
        unit="none",
        no_data=Text("nothing was withheld", "không có gì được giữ lại"),
    )
    columns = (
        Column(name="at", title=Text("When", "Khi nào"), unit=_LOCAL, width=170),
        Column(name="reason", title=Text("Decision", "Quyết định"), words=WITHHELD, width=180),
        Column(name="objects", title=Text("Of", "Của")),
    )
    return table("withheld", face, _SQL["withheld"], size=(12, 8), columns=columns)


def notices() -> Panel:
    """Return who was told."""
    face = Face(
        title=Text("Notices", "Thông báo"),
        shows=Text("Who was told of it, or was not.", "Đã báo cho ai, hoặc không báo."),
        when_red=Text(
            "A notice failed: tell that receiver by hand, then see its error.",
            "Thông báo thất bại: báo trực tiếp, rồi xem lỗi.",
        ),
        unit="none",
        no_data=Text("nobody was told", "chưa báo cho ai"),
    )
    columns = (
        Column(name="last_at", title=Text("When", "Khi nào"), unit=_LOCAL, width=170),
        Column(name="receiver", title=Text("Receiver", "Nơi nhận")),
        Column(name="action", title=Text("What", "Gì"), words=TELLINGS),
        Column(name="state", title=Text("State", "Trạng thái"), states=NOTICE_STATES),
        Column(name="attempts", title=Text("Tries", "Số lần")),
        Column(name="error", title=Text("Error", "Lỗi")),
    )
    return table("notices", face, _SQL["notices"], columns=columns)
