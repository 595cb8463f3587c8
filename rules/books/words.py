"""Words: what reports call things, in English and in Vietnamese."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rules.books.causes import Cause
from rules.books.figures import Book

LANGUAGES: Final = ("en", "vi")

STATED_AVAILABILITY: Final = 0.995
"""Availability of fixed broadband that QCVN 34:2019 asks for, as a declaration of 2019 quotes it.

QCVN 34:2022 has replaced it; its limit has not been read.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    title: str
    span: str
    groups: Mapping[str, str]
    books: Mapping[Book, str]
    causes: Mapping[Cause, str]
    name: str
    places: str
    households: str
    observed: str
    availability: str
    stated: str
    degraded: str
    cause: str
    minutes: str
    share: str
    provisional: str
    final: str
    corrected: str
    days_kept: str
    interval: str
    source: str
    major: str
    major_none: str
    major_little: str
    of_links: str
    made: str


_EN: Final = Words(
    title="Broadband availability",
    span="{first} to {last}, local days (Asia/Ho_Chi_Minh)",
    groups={
        "village": "By village",
        "link": "By link",
        "commune": "By commune",
        "operator": "By operator",
        "province": "By province",
        "cause": "By cause",
    },
    books={Book.GROSS: "gross", Book.NET: "net", Book.NETWORK: "network-only"},
    causes={
        Cause.MAINTENANCE: "agreed maintenance",
        Cause.MAINS: "customers' mains",
        Cause.BATTERY: "empty batteries of the network",
        Cause.BACKHAUL: "backhaul",
        Cause.RADIO: "radio",
        Cause.ACCESS: "access",
        Cause.CORE: "core",
        Cause.UNKNOWN: "unknown",
    },
    name="name",
    places="places",
    households="households",
    observed="observed",
    availability="availability, %",
    stated="stated",
    degraded="degraded, minutes a household",
    cause="cause",
    minutes="B-SAIDI, minutes",
    share="share",
    provisional="* provisional: {days} of these days may still be rewritten, until 72 h after each",
    final="final: none of these days is rewritten any more",
    corrected="{rows} rows were corrected after they were final; book_revisions says why",
    days_kept="Books are kept of {kept} of {asked} days; of the others nothing is known.",
    interval="Where less than 95 % was observed: from all unknown time down to all of it up.",
    source=(
        "Stated: at least 99.5 % for fixed broadband, QCVN 34:2019 as quoted by an operator's"
        " declaration. QCVN 34:2022 is in force; its limit is not confirmed here, and neither is"
        " that it is computed as above."
    ),
    major="Major event days (above {limit} min; {history} days of history), counted all the same:",
    major_none="No major event day (none above {limit} min; {history} days of history).",
    major_little="Major event days: not told, {history} of at least {needed} days of history.",
    of_links="Of the links of this operator, by the households that use each.",
    made="made",
)

_VI: Final = Words(
    title="Độ khả dụng của dịch vụ băng rộng",
    span="từ {first} đến {last}, ngày theo giờ địa phương (Asia/Ho_Chi_Minh)",
    groups={
        "village": "Theo thôn, buôn, tổ dân phố",
        "link": "Theo đường truyền",
        "commune": "Theo xã, phường",
        "operator": "Theo nhà mạng",
        "province": "Theo tỉnh",
        "cause": "Theo nguyên nhân",
    },
    books={Book.GROSS: "toàn bộ", Book.NET: "trừ bảo trì", Book.NETWORK: "chỉ do mạng"},
    causes={
        Cause.MAINTENANCE: "bảo trì đã báo trước",
        Cause.MAINS: "mất điện lưới phía khách hàng",
        Cause.BATTERY: "mạng hết ắc quy",
        Cause.BACKHAUL: "truyền dẫn",
        Cause.RADIO: "vô tuyến",
        Cause.ACCESS: "mạng truy nhập",
        Cause.CORE: "mạng lõi",
        Cause.UNKNOWN: "chưa rõ",
    },
    name="tên",
    places="số nơi",
    households="số hộ",
    observed="quan sát",
    availability="độ khả dụng, %",
    stated="mức công bố",
    degraded="suy giảm, phút mỗi hộ",
    cause="nguyên nhân",
    minutes="B-SAIDI, phút",
    share="tỷ lệ",
    provisional="* tạm tính: {days} ngày còn có thể được tính lại, đến 72 giờ sau khi hết ngày",
    final="chính thức: không ngày nào còn được tính lại",
    corrected="{rows} dòng được đính chính sau khi đã chính thức; lý do ở book_revisions",
    days_kept="Có số liệu của {kept} trên {asked} ngày; những ngày khác không rõ.",
    interval=(
        "Khi quan sát dưới 95 %: từ mức coi mọi lúc không rõ là mất dịch vụ đến mức coi là có."
    ),
    source=(
        "Mức công bố: ít nhất 99,5 % với băng rộng cố định, QCVN 34:2019 theo bản công bố của một"
        " doanh nghiệp. QCVN 34:2022 đang có hiệu lực; mức và cách tính của quy chuẩn này chưa"
        " được xác nhận ở đây."
    ),
    major="Ngày có sự cố lớn (B-SAIDI trên {limit} phút, từ {history} ngày), vẫn được tính ở trên:",
    major_none="Không có ngày sự cố lớn (không ngày nào trên {limit} phút, từ {history} ngày).",
    major_little="Ngày có sự cố lớn: chưa xác định được, mới có {history} trên {needed} ngày.",
    of_links="Theo các đường truyền của nhà mạng này, tính theo số hộ dùng.",
    made="lập lúc",
)


def words_of(language: str) -> Words:
    """Return the words of a language, `en` or `vi`."""
    return {"en": _EN, "vi": _VI}[language]
