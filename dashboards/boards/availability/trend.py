"""*Availability*: figures of all chosen places, their trend, and causes."""

from typing import Final

from dashboards.colours import BLUE, ORANGE, SKY
from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, stat, time_series
from dashboards.query import queries_of
from dashboards.text import Text, same
from dashboards.words import CAUSES

_SQL: Final = queries_of("availability")
_NO_BOOKS: Final = Text("no books in this time", "chưa có sổ trong thời gian này")
_BOOKS: Final = {
    "gross": Text("gross", "tổng"),
    "net": Text("net", "trừ bảo trì"),
    "network": Text("network only", "chỉ mạng"),
}


def shares() -> Panel:
    """Return the availability in the three books."""
    face = Face(
        title=Text("Availability", "Tỷ lệ khả dụng"),
        shows=Text(
            "Share of the observed time with service, weighted by households. Gross: whatever the "
            "cause; net: without agreed maintenance; network only: without failed mains either.",
            "Tỷ lệ thời gian quan sát có dịch vụ, theo trọng số hộ. Tổng: mọi nguyên nhân; trừ bảo "
            "trì; chỉ mạng: trừ cả mất điện lưới.",
        ),
        when_red=Text(
            "Below 99.5 %: the communes below are sorted by what they lost.",
            "Dưới 99,5 %: các xã bên dưới xếp theo mức mất.",
        ),
        unit="percent",
        decimals=3,
        no_data=_NO_BOOKS,
    )
    limits = falling(warning=99.9, bad=99.5)
    columns = tuple(
        Column(name=f"{name}_percent", title=title, limits=limits) for name, title in _BOOKS.items()
    )
    return stat(
        "shares",
        face,
        _only("gross_percent, net_percent, network_percent"),
        size=(10, 4),
        columns=columns,
    )


def indices() -> Panel:
    """Return how long, how often, and how long each time."""
    face = Face(
        title=Text("The average household", "Hộ trung bình"),
        shows=Text(
            "B-SAIDI: minutes without service; B-SAIFI: outages of more than five minutes; "
            "B-CAIDI: minutes of one. Gross, in the time on the screen.",
            "B-SAIDI: số phút mất dịch vụ; B-SAIFI: số lần mất trên năm phút; B-CAIDI: số phút mỗi "
            "lần. Sổ tổng, trong thời gian đang xem.",
        ),
        when_red=Text(
            "It has no red, because it grows with the time chosen. Compare months in the table.",
            "Không có màu đỏ vì tăng theo thời gian chọn. So các tháng trong bảng.",
        ),
        unit="none",
        decimals=2,
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(name="saidi", title=same("B-SAIDI"), unit="m"),
        Column(name="saifi", title=same("B-SAIFI")),
        Column(name="caidi", title=same("B-CAIDI"), unit="m"),
    )
    return stat("indices", face, _only("saidi, saifi, caidi"), size=(7, 4), columns=columns)


def observed() -> Panel:
    """Return how much of the time was observed."""
    face = Face(
        title=Text("Observed", "Quan sát được"),
        shows=Text(
            "Share of the household time of which anything is known.",
            "Tỷ lệ thời gian hộ có thông tin.",
        ),
        when_red=Text(
            "Below 95 % one figure says too much: use `python -m rules report`, which gives least "
            "and most. Then see why nobody watched.",
            "Dưới 95 % một con số là chưa đủ: dùng `python -m rules report` để có cận dưới và "
            "trên. Rồi xem vì sao không ai theo dõi.",
        ),
        unit="percent",
        limits=falling(warning=99, bad=95),
        decimals=1,
        no_data=_NO_BOOKS,
    )
    return stat("observed", face, _only("observed_percent"), size=(3, 4))


def built() -> Panel:
    """Return how fresh the books are."""
    face = Face(
        title=Text("Books computed", "Tính sổ"),
        shows=Text(
            "When the books were last computed, and the share of their rows that late reports may "
            "still change.",
            "Lần tính sổ cuối, và tỷ lệ dòng còn có thể thay đổi do báo cáo trễ.",
        ),
        when_red=Text(
            "The rules service computes them; it does not run, or cannot write.",
            "Dịch vụ luật tính sổ; nó không chạy hoặc không ghi được.",
        ),
        unit="none",
        no_data=_NO_BOOKS,
    )
    columns = (
        Column(
            name="seconds",
            title=Text("ago", "cách đây"),
            unit="s",
            decimals=0,
            limits=rising(warning=7_200, bad=86_400),
        ),
        Column(
            name="provisional",
            title=Text("provisional", "tạm tính"),
            unit="percent",
            decimals=0,
            colour=SKY,
        ),
    )
    return stat("built", face, _SQL["built"], columns=columns)


def daily() -> Panel:
    """Return the minutes without service of each day."""
    face = Face(
        title=Text("B-SAIDI of each day", "B-SAIDI từng ngày"),
        shows=Text(
            "Minutes without service of the average household, each local day, in the three books.",
            "Số phút mất dịch vụ của hộ trung bình, từng ngày, theo ba sổ.",
        ),
        when_red=Text(
            "Above 7.2 minutes a day is below 99.5 %. The gap between gross and network only is "
            "mains and maintenance.",
            "Trên 7,2 phút một ngày là dưới 99,5 %. Khoảng cách giữa tổng và chỉ mạng là điện lưới "
            "và bảo trì.",
        ),
        unit="m",
        limits=rising(warning=1.44, bad=7.2),
        decimals=2,
        no_data=_NO_BOOKS,
    )
    colours = {"gross": ORANGE, "net": SKY, "network": BLUE}
    columns = tuple(
        Column(name=name, title=title, colour=colours[name]) for name, title in _BOOKS.items()
    )
    return time_series("daily", face, _SQL["daily"], size=(16, 8), columns=columns, interval="1d")


def frequency() -> Panel:
    """Return how often service was lost, each day."""
    face = Face(
        title=Text("B-SAIFI of each day", "B-SAIFI từng ngày"),
        shows=Text(
            "Outages of more than five minutes of the average household, each local day.",
            "Số lần mất trên năm phút của hộ trung bình, từng ngày.",
        ),
        when_red=Text(
            "Above 0.1: one household in ten lost service on that day.",
            "Trên 0,1: một phần mười số hộ mất dịch vụ trong ngày.",
        ),
        unit="none",
        limits=rising(warning=0.02, bad=0.1),
        decimals=3,
        no_data=_NO_BOOKS,
    )
    columns = (Column(name="saifi", title=same("B-SAIFI")),)
    return time_series(
        "frequency", face, _SQL["frequency"], size=(12, 8), columns=columns, interval="1d"
    )


def causes() -> Panel:
    """Return household-hours by cause."""
    face = Face(
        title=Text("Household-hours lost, by cause", "Hộ-giờ mất, theo nguyên nhân"),
        shows=Text(
            "Why villages were without service. The network's power: its batteries were empty; "
            "backhaul: aggregation nodes and what joins them.",
            "Vì sao các thôn mất dịch vụ. Nguồn điện của mạng: hết ắc quy; truyền dẫn: các nút "
            "tổng hợp và tuyến nối chúng.",
        ),
        when_red=Text(
            "It has no red. The longest bar is where money helps most: batteries, second routes, "
            "or a word with the utility.",
            "Không có màu đỏ. Thanh dài nhất là nơi đầu tư có ích nhất: ắc quy, tuyến thứ hai, "
            "hoặc làm việc với điện lực.",
        ),
        unit="h",
        decimals=1,
        minimum=0,
        no_data=_NO_BOOKS,
    )
    columns = (Column(name="cause", words=CAUSES),)
    return bar_gauge("causes", face, _SQL["causes"], columns=columns)


def _only(columns: str) -> str:
    """Return some of the figures."""
    return f"SELECT {columns}\nFROM (\n{_SQL['figures']}\n) AS figures"
