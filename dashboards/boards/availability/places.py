"""*Availability*: tables by month, commune, operator, village; and changes in the books."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.text import Text, same
from dashboards.words import REVISIONS, SUBJECTS

_SQL: Final = queries_of("availability")
_NO_BOOKS: Final = Text("no books in this time", "chưa có sổ trong thời gian này")
_SHARE: Final = falling(warning=99.9, bad=99.5)

_FIGURES: Final = (
    Column(
        name="gross_percent", title=Text("Gross", "Tổng"), unit="percent", decimals=3, limits=_SHARE
    ),
    Column(name="net_percent", title=Text("Net", "Trừ bảo trì"), unit="percent", decimals=3),
    Column(
        name="network_percent", title=Text("Network only", "Chỉ mạng"), unit="percent", decimals=3
    ),
    Column(name="saidi", title=same("B-SAIDI"), unit="m", decimals=1),
    Column(name="saifi", title=same("B-SAIFI"), decimals=3),
    Column(name="caidi", title=same("B-CAIDI"), unit="m", decimals=1),
    Column(
        name="observed_percent",
        title=Text("Observed", "Quan sát"),
        unit="percent",
        decimals=1,
        limits=falling(warning=99, bad=95),
    ),
)
"""Columns that every table of figures has."""

_CSV: Final = Text(
    " For a CSV: panel menu, Inspect, Data, Download CSV.",
    " Lấy CSV: trình đơn, Inspect, Data, Download CSV.",
)


def months() -> Panel:
    """Return figures by month."""
    face = Face(
        title=Text("Months", "Tháng"),
        shows=Text(
            "Figures of the chosen communes by month, of the days in the time on the screen.",
            "Số liệu các xã đã chọn theo tháng, của các ngày trong thời gian đang xem.",
        )
        + _CSV,
        when_red=Text(
            "A month below 99.5 %, or observed for less than 95 %: look at its days.",
            "Tháng dưới 99,5 %, hoặc quan sát dưới 95 %: xem từng ngày.",
        ),
        unit="none",
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(name="month", title=Text("Month", "Tháng")),
        *_FIGURES,
        Column(name="provisional", title=Text("Provisional rows", "Dòng tạm tính")),
    )
    return table("months", face, _SQL["months"], size=(12, 8), columns=columns)


def communes() -> Panel:
    """Return figures by commune."""
    face = Face(
        title=Text("Communes, the worst first", "Xã, phường, xấu nhất trước"),
        shows=Text("Figures of each commune.", "Số liệu từng xã.") + _CSV,
        when_red=Text(
            "Below 99.5 %. Open the commune over the same time.",
            "Dưới 99,5 %. Mở bảng xã cùng thời gian.",
        ),
        unit="none",
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(name="commune_code", title=Text("Code", "Mã"), width=80),
        Column(
            name="name",
            title=Text("Commune", "Xã, phường"),
            link=board_url("commune", commune="${__data.fields.commune_code}"),
        ),
        Column(name="households", title=Text("Households", "Số hộ"), decimals=0),
        *_FIGURES,
    )
    return table("communes", face, _SQL["communes"], size=(24, 10), columns=columns)


def operators() -> Panel:
    """Return figures by operator."""
    face = Face(
        title=Text("Operators", "Nhà mạng"),
        shows=Text(
            "Figures of each operator's links, by the households that use them.",
            "Số liệu đường truyền của từng nhà mạng, theo số hộ sử dụng.",
        )
        + _CSV,
        when_red=Text(
            "Below 99.5 %: what the operator answers for is *Network only*.",
            "Dưới 99,5 %: phần nhà mạng chịu trách nhiệm là *Chỉ mạng*.",
        ),
        unit="none",
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(name="operator", title=Text("Operator", "Nhà mạng")),
        Column(name="links", title=Text("Links", "Đường")),
        *_FIGURES,
    )
    return table("operators", face, _SQL["operators"], size=(24, 5), columns=columns)


def villages() -> Panel:
    """Return the worst villages."""
    face = Face(
        title=Text("Villages, the worst hundred", "Thôn, một trăm thôn xấu nhất"),
        shows=Text(
            "The villages with most minutes without service.", "Các thôn mất dịch vụ lâu nhất."
        )
        + _CSV,
        when_red=Text(
            "Below 99.5 %. One link only? A second operator there helps most.",
            "Dưới 99,5 %. Chỉ có một đường? Thêm nhà mạng thứ hai là có ích nhất.",
        ),
        unit="none",
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(name="village_code", title=Text("Code", "Mã"), width=110),
        Column(
            name="name",
            title=Text("Village", "Thôn"),
            link=board_url("village", village="${__data.fields.village_code}"),
        ),
        Column(name="commune", title=Text("Commune", "Xã, phường")),
        Column(name="households", title=Text("Households", "Số hộ"), decimals=0),
        *_FIGURES,
    )
    return table("villages", face, _SQL["villages"], size=(24, 10), columns=columns)


def revisions() -> Panel:
    """Return changes in the books."""
    face = Face(
        title=Text("Revisions", "Sửa đổi"),
        shows=Text(
            "What was changed in books of days that were over, and when days became final.",
            "Những gì đã đổi trong sổ của các ngày đã qua, và khi nào ngày thành chính thức.",
        ),
        when_red=Text(
            "It has no red. A correction changes a figure that somebody may have reported: tell "
            "them.",
            "Không có màu đỏ. Một đính chính làm đổi số liệu có thể đã báo cáo: hãy thông báo lại.",
        ),
        unit="none",
        no_data=Text("nothing was changed", "không có thay đổi"),
    )
    columns = (
        Column(name="at", title=Text("When", "Khi nào"), unit="dateTimeAsLocal", width=170),
        Column(name="kind", title=Text("Kind", "Loại"), words=REVISIONS),
        Column(name="day", title=Text("Day", "Ngày")),
        Column(name="subject", title=Text("Of", "Của"), words=SUBJECTS),
        Column(name="code", title=Text("Code", "Mã")),
        Column(name="reason", title=Text("Reason", "Lý do")),
    )
    return table("revisions", face, _SQL["revisions"], size=(24, 7), columns=columns)
