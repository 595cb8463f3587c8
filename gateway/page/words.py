"""Words of the page, in both languages; it is given all of them and shows one.

States and severities are those of province/states.py, what is wrong is called as the rules call
it. `{}` stands for what the page puts there.
"""

from collections.abc import Mapping
from typing import Final

from gateway.api.hooks.annotations import KIND as ANNOTATED
from province.states import SEVERITIES, VILLAGE_STATES
from province.text import Text, same
from rules.incidents.entries import Deed
from rules.incidents.record import Step
from rules.incidents.words import CLASSES

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Broadband of Đắk Lắk, now", "Băng rộng Đắk Lắk, hiện tại"),
    "to_incidents": Text("Skip to the incidents", "Đến danh sách sự cố"),
    "to_communes": Text("Skip to the list of communes", "Đến danh sách xã, phường"),
    "language": Text("Tiếng Việt", "English"),
    "log_out": Text("Log out", "Đăng xuất"),
    "connecting": Text("Connecting…", "Đang kết nối…"),
    "live": Text("Live, as of {}", "Trực tiếp, lúc {}"),
    "stale_page": Text(
        "Not live: nothing was heard from the server since {}. Trying again.",
        "Không trực tiếp: không nhận được gì từ máy chủ từ {}. Đang thử lại.",
    ),
    "stale_data": Text(
        "Not live: the database is away, and what you see is of {}.",
        "Không trực tiếp: cơ sở dữ liệu không phản hồi, số liệu là của lúc {}.",
    ),
    "stale_never": Text(
        "The database is away: nothing can be shown yet.",
        "Cơ sở dữ liệu không phản hồi: chưa có gì để hiển thị.",
    ),
    "refused": Text(
        "Not live: the server cannot serve this page at present. Trying again.",
        "Không trực tiếp: máy chủ tạm thời không phục vụ được trang này. Đang thử lại.",
    ),
    "unwatched": Text(
        "Nobody watches at present, so no state is known.",
        "Hiện không có giám sát, nên không biết trạng thái nào.",
    ),
    "needs_script": Text(
        "This page needs JavaScript to show what is happening.",
        "Trang này cần JavaScript để hiển thị tình hình.",
    ),
    "figures": Text("Figures of now", "Số liệu hiện tại"),
    "villages": Text("Villages", "Thôn, buôn"),
    "villages_by_state": Text("Villages by state", "Thôn, buôn theo trạng thái"),
    "against_stated": Text("Against what the province states", "So với công bố của tỉnh"),
    "broadband": Text("Villages with broadband", "Thôn, buôn có băng rộng"),
    "4g": Text("People with 4G", "Dân số có 4G"),
    "5g": Text("People with 5G", "Dân số có 5G"),
    "stated": Text("stated: {}", "công bố: {}"),
    "range": Text("{} to {}", "{} đến {}"),
    "below": Text("below what is stated", "thấp hơn công bố"),
    "met": Text("as stated", "đạt công bố"),
    "not_known": Text("not known for sure", "chưa rõ hoàn toàn"),
    "map": Text("Map of the communes", "Bản đồ xã, phường"),
    "map_help": Text(
        "Arrow keys go from commune to commune; Enter shows its incidents alone. The list of"
        " communes below says the same in words.",
        "Phím mũi tên để đi giữa các xã; Enter để chỉ xem sự cố của xã đó. Danh sách xã bên dưới"
        " ghi cùng nội dung bằng chữ.",
    ),
    "legend": Text("What the colours mean", "Ý nghĩa màu sắc"),
    "legend_dark": Text(
        "a tenth of the households or more are in dark villages",
        "từ một phần mười số hộ ở thôn mất dịch vụ",
    ),
    "legend_degraded": Text(
        "some village is dark or degraded", "có thôn mất dịch vụ hoặc suy giảm"
    ),
    "legend_unknown": Text(
        "a tenth of the villages or more are unknown", "từ một phần mười số thôn không rõ"
    ),
    "legend_maintenance": Text("announced work", "bảo trì đã báo trước"),
    "legend_served": Text(
        "all villages that can be seen are served", "mọi thôn quan sát được đều có dịch vụ"
    ),
    "communes": Text("Communes", "Xã, phường"),
    "commune": Text("Commune", "Xã, phường"),
    "ward_of": Text("{} ward", "Phường {}"),
    "commune_of": Text("{} commune", "Xã {}"),
    "state": Text("State", "Trạng thái"),
    "worst_only": Text("Only those with trouble", "Chỉ nơi có sự cố"),
    "no_trouble": Text("All communes are served.", "Mọi xã, phường có dịch vụ."),
    "incidents": Text("Open incidents, the costliest first", "Sự cố đang mở, tốn kém nhất trước"),
    "no_incidents": Text("No open incident: all is well.", "Không có sự cố: mọi thứ tốt."),
    "none_here": Text("No open incident here.", "Không có sự cố đang mở ở đây."),
    "more": Text("{} more are not shown.", "Còn {} sự cố không hiển thị."),
    "only_of": Text("Only of {}", "Chỉ của {}"),
    "show_all": Text("Show all", "Xem tất cả"),
    "severity": Text("Severity", "Mức"),
    "since": Text("since {}", "từ {}"),
    "in_villages": Text("{} villages", "{} thôn"),
    "in_households": Text("{} households", "{} hộ"),
    "household_minutes": Text("{} household-minutes", "{} hộ-phút"),
    "planned": Text("planned work", "theo kế hoạch"),
    "flapping": Text("on and off", "chập chờn"),
    "owner": Text("taken on by {}", "{} đã nhận xử lý"),
    "assigned": Text("{} works on it", "{} đang xử lý"),
    "acknowledge": Text("Acknowledge", "Nhận xử lý"),
    "acknowledge_of": Text("Acknowledge: {}", "Nhận xử lý: {}"),
    "acknowledging": Text("Acknowledging…", "Đang nhận…"),
    "acknowledged": Text("Acknowledged: {}", "Đã nhận xử lý: {}"),
    "failed": Text("Not done: {}", "Không thực hiện được: {}"),
    "no_answer": Text("the server does not answer", "máy chủ không trả lời"),
    "logged_out": Text("You are logged out.", "Bạn đã bị đăng xuất."),
    "log_in": Text("Log in", "Đăng nhập"),
    "story": Text("Story", "Diễn biến"),
    "story_of": Text("Story of the incident: {}", "Diễn biến sự cố: {}"),
    "close_story": Text("Back to all incidents", "Về danh sách sự cố"),
    "no_story": Text("There is no such incident.", "Không có sự cố này."),
    "new_incident": Text("New incident: {}", "Sự cố mới: {}"),
    "over_incident": Text("Over: {}", "Đã kết thúc: {}"),
    "over": Text("over", "đã kết thúc"),
    "began": Text("Began", "Bắt đầu"),
    "ended": Text("Ended", "Kết thúc"),
    "what_to_do": Text("What to do", "Cần làm"),
    "timeline": Text("Timeline", "Diễn biến"),
    "when": Text("When", "Khi nào"),
    "what": Text("What", "Gì"),
    "who": Text("Who", "Ai"),
    "why": Text("Why", "Tại sao"),
    "village": Text("Village", "Thôn, buôn"),
    "households": Text("Households", "Số hộ"),
    "from": Text("From", "Từ"),
    "to": Text("To", "Đến"),
    "the_rules": Text("the rules", "bộ luật"),
    "hours": Text("{} h {} min", "{} giờ {} phút"),
    "minutes": Text("{} min", "{} phút"),
    "days": Text("{} d {} h", "{} ngày {} giờ"),
}

_STEPS: Final[Mapping[str, Text]] = {
    Step.OPENED: Text("opened", "phát hiện"),
    Step.REOPENED: Text("began again", "tái diễn"),
    Step.GREW: Text("grew", "lan rộng"),
    Step.SHRANK: Text("shrank", "thu hẹp"),
    Step.ROOT_CHANGED: Text("another cause", "đổi nguyên nhân"),
    Step.SEVERITY_CHANGED: Text("another severity", "đổi mức"),
    Step.CHANGED: Text("changed", "thay đổi"),
    Step.CLEARED: Text("over", "đã kết thúc"),
    Step.MERGED: Text("part of another", "gộp vào sự cố khác"),
    Deed.ACKNOWLEDGED: Text("acknowledged", "đã nhận xử lý"),
    Deed.ASSIGNED: Text("assigned", "phân công"),
    Deed.COMMENTED: Text("comment", "ghi chú"),
    Deed.ESCALATED: Text("escalated", "nâng cấp"),
    Deed.CLOSED: Text("closed", "đã đóng"),
    ANNOTATED: Text("another system", "hệ thống khác báo"),
}


def all_words() -> dict[str, Text]:
    """Return every word of the page by its name: those above, states, classes and steps."""
    return {
        **WORDS,
        **{f"state_{state.name}": state.text for state in VILLAGE_STATES},
        **{f"severity_{state.name}": state.text for state in SEVERITIES},
        **{f"class_{kind}": Text(*words) for kind, words in CLASSES.items()},
        **{f"step_{kind}": text for kind, text in _STEPS.items()},
        "name": same("Srepok"),
    }
