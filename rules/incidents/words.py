"""Words for people, in English and Vietnamese: what things are called and what to do about them."""

from collections.abc import Mapping
from typing import Final

from rules.model import IncidentClass

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "operator_core": ("core site", "trạm lõi"),
    "aggregation": ("aggregation node", "nút tổng hợp"),
    "olt": ("OLT", "OLT"),
    "card": ("OLT card", "card OLT"),
    "splitter": ("splitter", "bộ chia quang"),
    "site": ("mobile site", "trạm BTS"),
    "cell": ("cell", "cell"),
    "power_substation": ("substation", "trạm biến áp"),
    "power_feeder": ("power feeder", "xuất tuyến điện"),
    "link": ("link", "đường truyền"),
    "village": ("village", "thôn, buôn"),
    "operator": ("whole network", "toàn mạng"),
    "device": ("device", "thiết bị"),
    "pipeline": ("monitoring", "hệ thống giám sát"),
}
"""What a kind of root is called, by language."""

CLASSES: Final[Mapping[IncidentClass, tuple[str, str]]] = {
    IncidentClass.OUTAGE: ("Outage", "Mất kết nối"),
    IncidentClass.DEGRADATION: ("Poor service", "Chất lượng kém"),
    IncidentClass.PIPELINE: ("Monitoring fault", "Lỗi hệ thống giám sát"),
    IncidentClass.DEVICE: ("Device silent", "Thiết bị mất tín hiệu"),
    IncidentClass.SENSOR: ("Sensor stuck", "Cảm biến bị treo"),
    IncidentClass.RULE: ("Alert", "Cảnh báo"),
}
"""What is wrong, by language."""

MAINS: Final = ("Mains failure", "Mất điện lưới")
PLANNED: Final = ("Planned: ", "Theo kế hoạch: ")

Counted = tuple[tuple[str, str], tuple[str, str]]
"""Words for one of a thing and for many, each by language."""

DARK: Final[Counted] = (
    ("1 village dark", "1 thôn/buôn mất mạng"),
    ("{} villages dark", "{} thôn/buôn mất mạng"),
)
DEGRADED: Final[Counted] = (
    ("1 village degraded", "1 thôn/buôn suy giảm"),
    ("{} villages degraded", "{} thôn/buôn suy giảm"),
)
ALSO_DEGRADED: Final[Counted] = (("1 degraded", "1 suy giảm"), ("{} degraded", "{} suy giảm"))
CUT_OFF: Final[Counted] = (
    ("1 household cut off", "1 hộ mất dịch vụ"),
    ("{} households cut off", "{} hộ mất dịch vụ"),
)

MAINS_KINDS: Final = frozenset({"power_substation", "power_feeder"})
"""Kinds of root that carry nothing and feed others."""

_TO_DO_MAINS: Final = (
    "Ask the power company when the mains are back. Links go on while their batteries last.",
    "Hỏi công ty điện lực thời gian có điện lại. Đường truyền chạy bằng ắc quy trong thời gian đó.",
)
_TO_DO: Final[Mapping[IncidentClass, tuple[str, str]]] = {
    IncidentClass.OUTAGE: (
        "Tell the operator of the root cause, and acknowledge.",
        "Báo nhà mạng quản lý phần tử gốc và xác nhận sự cố.",
    ),
    IncidentClass.DEGRADATION: (
        "Ask the operator for load and signal of the root; nobody is cut off.",
        "Hỏi nhà mạng về tải và tín hiệu của phần tử gốc; chưa mất kết nối.",
    ),
    IncidentClass.PIPELINE: (
        "Look at broker, ingest and database of the monitoring itself.",
        "Kiểm tra broker, ingest và cơ sở dữ liệu của hệ thống giám sát.",
    ),
    IncidentClass.DEVICE: (
        "Have somebody look at the device; the service around it is well.",
        "Cử người kiểm tra thiết bị; dịch vụ xung quanh vẫn bình thường.",
    ),
    IncidentClass.SENSOR: (
        "Have the sensor checked; its values are not to be used.",
        "Kiểm tra cảm biến; không sử dụng số liệu của nó.",
    ),
    IncidentClass.RULE: ("See the rule.", "Xem quy tắc."),
}


def to_do(incident_class: IncidentClass, root_kind: str) -> tuple[str, str]:
    """Return what to do about an incident, by language."""
    if root_kind in MAINS_KINDS:
        return _TO_DO_MAINS
    return _TO_DO[incident_class]
