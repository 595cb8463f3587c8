"""Words for codes: what stands in the database as a code, as people of either language read it.

One table for all boards; a column names the part that its codes are from. A key that begins with a
slash is a pattern, as Grafana writes it: `$1` stands for what its brackets matched.
"""

from collections.abc import Mapping
from typing import Any, Final

from dashboards.text import Text, same
from province.reasons import IS_DOWN, PARTS, REASONS, Reason

Words = Mapping[str, Text]

CLASSES: Final[Words] = {
    "outage": Text("Outage", "Mất kết nối"),
    "degradation": Text("Poor service", "Chất lượng kém"),
    "pipeline": Text("Monitoring fault", "Lỗi hệ thống giám sát"),
    "device": Text("Device silent", "Thiết bị mất tín hiệu"),
    "sensor": Text("Sensor stuck", "Cảm biến bị treo"),
    "rule": Text("Alert", "Cảnh báo"),
}
"""Classes of incidents."""

STATUSES: Final[Words] = {
    "open": Text("open", "đang mở"),
    "cleared": Text("over", "đã kết thúc"),
}
"""Whether an incident goes on."""

KINDS: Final[Words] = {
    "operator_core": Text("core site", "trạm lõi"),
    "aggregation": Text("aggregation node", "nút tổng hợp"),
    "olt": same("OLT"),
    "card": Text("OLT card", "card OLT"),
    "splitter": Text("splitter", "bộ chia quang"),
    "site": Text("mobile site", "trạm BTS"),
    "cell": same("cell"),
    "power_substation": Text("substation", "trạm biến áp"),
    "power_feeder": Text("power feeder", "xuất tuyến điện"),
    "node": Text("node", "nút mạng"),
    "link": Text("link", "đường truyền"),
    "village": Text("village", "thôn, buôn"),
    "commune": Text("commune", "xã, phường"),
    "operator": Text("whole network", "toàn mạng"),
    "device": Text("device", "thiết bị"),
    "pipeline": Text("monitoring", "hệ thống giám sát"),
}
"""Kinds of nodes, of causes, and of what work is announced on."""

DEVICES: Final[Words] = {
    "link_probe": Text("link probe", "thiết bị đo"),
    "base_station": Text("base station", "trạm gốc"),
    "sensor": Text("sensor", "cảm biến"),
    "canary": Text("canary", "thiết bị canh"),
}
"""Kinds of devices."""

ENTRIES: Final[Words] = {
    "opened": Text("opened", "phát hiện"),
    "reopened": Text("began again", "tái diễn"),
    "grew": Text("grew", "lan rộng"),
    "shrank": Text("shrank", "thu hẹp"),
    "root_changed": Text("another cause", "đổi nguyên nhân"),
    "severity_changed": Text("another severity", "đổi mức"),
    "changed": Text("changed", "thay đổi"),
    "cleared": Text("over", "đã kết thúc"),
    "merged": Text("part of another", "gộp vào sự cố khác"),
    "withheld": Text("withheld", "giữ lại"),
    "acknowledged": Text("acknowledged", "đã nhận xử lý"),
    "assigned": Text("assigned", "phân công"),
    "commented": Text("comment", "ghi chú"),
    "escalated": Text("escalated", "nâng cấp"),
    "closed": Text("closed", "đã đóng"),
    "annotated": Text("another system", "hệ thống khác báo"),
    "window_added": Text("work announced", "báo bảo trì"),
    "window_cancelled": Text("work cancelled", "hủy bảo trì"),
    "mute_added": Text("silenced", "tắt tiếng"),
    "mute_cancelled": Text("silence ended", "hủy tắt tiếng"),
}
"""What stands in the timeline of an incident."""

ACTORS: Final[Words] = {"rules": Text("the rules", "bộ luật")}
"""Who writes there, besides people."""

WITHHELD: Final[Words] = {
    "explained": Text("explained by the incident", "do sự cố này"),
    "planned": Text("announced work", "bảo trì đã báo"),
    "blind": Text("our own fault", "lỗi hệ thống giám sát"),
    "excused": Text("said goodbye", "đã báo ngừng"),
    "merged": Text("part of another", "gộp vào sự cố khác"),
}
"""Why something was not made an alert; docs/outages.md."""


def _reasons() -> Words:
    """Return the reasons of the rules: those in so many words, then the patterns of others."""
    down = (IS_DOWN.words(IS_DOWN.say(part=part)) for part in PARTS)
    plain = {words.en: words for words in down if words is not None}
    plain |= {each.text.en: each.text for each in REASONS if not each.places}
    return plain | dict(_pattern_of(each) for each in REASONS if each.places)


def _pattern_of(reason: Reason) -> tuple[str, Text]:
    """Return a reason with places as Grafana's pattern, and its words with `$1` for a place."""
    places = reason.places
    found = reason.text.en.format(**dict.fromkeys(places, "(.+)"))
    words = {name: f"${number}" for number, name in enumerate(places, 1)}
    return f"/^{found}$/", Text(
        *(text.format(**words) for text in (reason.text.en, reason.text.vi))
    )


DECISIONS: Final[Words] = {
    **WITHHELD,
    "unknown": Text("unknown", "không rõ"),
    "not heard yet": Text("not heard yet", "chưa nhận được"),
    "silent, with nothing to compare": Text(
        "silent, with nothing to compare", "im lặng, không có gì để so"
    ),
    "pipeline": Text("monitoring is blind", "hệ thống giám sát bị mù"),
    "pipeline is back": Text("monitoring is back", "hệ thống giám sát đã trở lại"),
    "power": Text("power", "nguồn điện"),
    "network": Text("network", "mạng"),
    "state was lost": Text("state was lost", "mất trạng thái"),
    **_reasons(),
}
"""Decisions of the rules, in the words of province/reasons.py."""

TELLINGS: Final[Words] = {
    "raise": Text("is there", "xuất hiện"),
    "update": Text("changed", "thay đổi"),
    "repeat": Text("is still there", "vẫn còn"),
    "resolve": Text("is over", "đã kết thúc"),
}
"""What a notice says."""

CAUSES: Final[Words] = {
    "maintenance": Text("announced work", "bảo trì đã báo"),
    "mains": Text("villages' own mains", "điện lưới của thôn"),
    "battery": Text("network's power", "nguồn điện của mạng"),
    "backhaul": Text("backhaul", "truyền dẫn"),
    "radio": Text("sites and cells", "trạm và ô sóng"),
    "access": Text("fibre to the village", "cáp đến thôn"),
    "core": Text("core", "mạng lõi"),
    "unexplained": Text("unexplained", "chưa rõ"),
}
"""Why villages were without service, in the books."""

REVISIONS: Final[Words] = {
    "provisional": Text("provisional", "tạm tính"),
    "final": Text("final", "chính thức"),
    "correction": Text("correction", "đính chính"),
}
"""Changes in the books."""

SUBJECTS: Final[Words] = {
    "day": Text("day", "ngày"),
    "village": Text("village", "thôn, buôn"),
    "link": Text("link", "đường truyền"),
}
"""What such a change is of."""

MUTES: Final[Words] = {
    "silence": Text("silence", "tắt tiếng"),
    "shelf": Text("shelf", "gác"),
}
"""Kinds of mutes."""

EVENTS: Final[Words] = {
    "online": Text("session began", "mở phiên"),
    "offline": Text("session ended", "đóng phiên"),
    "dying_gasp": Text("dying gasp", "báo mất điện"),
    "loss_of_signal": Text("loss of signal", "mất tín hiệu quang"),
    "boot": Text("boot", "khởi động"),
    "shutdown": Text("shutdown", "tắt máy"),
}
"""What devices say of themselves besides reports."""

ENDINGS: Final[Words] = {
    "connect": Text("connected", "đã kết nối"),
    "will": Text("the broker said it", "broker báo thay"),
    "shutdown": Text("orderly", "tắt đúng cách"),
}
"""Why a session began or ended."""

REFUSALS: Final[Words] = {
    "topic": Text("wrong topic", "sai topic"),
    "oversize": Text("too long", "quá dài"),
    "malformed": Text("not JSON, not CBOR", "không phải JSON, CBOR"),
    "invalid": Text("wrong fields", "sai trường"),
    "out_of_range": Text("out of range", "ngoài phạm vi"),
    "unknown_device": Text("unknown device", "thiết bị lạ"),
    "wrong_place": Text("wrong place", "sai địa điểm"),
    "unknown_metric": Text("unknown metric", "đại lượng lạ"),
    "clock_ahead": Text("clock ahead", "đồng hồ nhanh"),
    "clock_behind": Text("reading too old", "số liệu quá cũ"),
    "undecodable": Text("undecodable", "không giải mã được"),
    "not_storable": Text("not storable", "không lưu được"),
}
"""Reasons of dead letters."""

TECHNOLOGIES: Final[Words] = {
    "ftth": same("FTTH"),
    "adsl": same("ADSL"),
    "leased": Text("leased line", "kênh thuê riêng"),
    "microwave": Text("microwave", "viba"),
    "4g": same("4G"),
    "5g": same("5G"),
    "satellite": Text("satellite", "vệ tinh"),
}
"""How a link reaches its village; `sql/shared.sql` says the same, for names of lines."""

YES: Final[Words] = {"0": Text("no", "không"), "1": Text("yes", "có")}
"""Whether something is so."""


def word_mappings(words: Words) -> list[dict[str, Any]]:
    """Return Grafana's value mappings from codes to words."""
    options = {
        code: {"text": text, "index": index}
        for index, (code, text) in enumerate(words.items())
        if not _is_pattern(code)
    }
    patterns = [
        {"type": "regex", "options": {"pattern": code, "result": {"text": text, "index": index}}}
        for index, (code, text) in enumerate(words.items())
        if _is_pattern(code)
    ]
    return [{"type": "value", "options": options}, *patterns]


def _is_pattern(code: str) -> bool:
    return code.startswith("/")
