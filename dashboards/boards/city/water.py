"""*City sensors*: water and rain."""

from typing import Final

from dashboards.colours import BLUE, ORANGE
from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, table, time_series
from dashboards.query import queries_of
from dashboards.states import WATER_ALARMS
from dashboards.text import Text

_SQL: Final = queries_of("city")
_NO_GAUGE: Final = Text("no gauge reports", "không có trạm đo báo cáo")


def levels() -> Panel:
    """Return the water levels against alarm levels."""
    face = Face(
        title=Text("Water against alarm levels", "Mực nước so với báo động"),
        shows=Text(
            "Newest level of each gauge, alarm levels I to III where the decision of 2020 has "
            "them, and how much it rose within an hour.",
            "Mực nước mới nhất, báo động 1 đến 3 theo quyết định năm 2020, và mức dâng trong một "
            "giờ.",
        ),
        when_red=Text(
            "Alarm III: in November 2025 a third of the mobile sites of the east followed. Warn "
            "the operators; check fuel of generators by the river.",
            "Báo động 3: tháng 11/2025 sau đó một phần ba trạm phía đông ngừng. Báo nhà mạng; kiểm "
            "tra nhiên liệu máy phát ven sông.",
        ),
        unit="none",
        no_data=_NO_GAUGE,
    )
    columns = (
        Column(name="device_code", title=Text("Gauge", "Trạm đo"), width=150),
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="level_m", title=Text("Level", "Mực nước"), unit="lengthm", decimals=2),
        Column(name="first", title=Text("I", "BĐ1"), unit="lengthm", decimals=1, width=70),
        Column(name="second", title=Text("II", "BĐ2"), unit="lengthm", decimals=1, width=70),
        Column(name="third", title=Text("III", "BĐ3"), unit="lengthm", decimals=1, width=70),
        Column(name="alarm", title=Text("Alarm", "Báo động"), states=WATER_ALARMS, width=120),
        Column(
            name="risen_m",
            title=Text("Within an hour", "Trong một giờ"),
            unit="lengthm",
            decimals=2,
            limits=rising(warning=0.2, bad=0.5),
        ),
        Column(
            name="seconds",
            title=Text("Measured ago", "Đo cách đây"),
            unit="s",
            decimals=0,
            limits=rising(warning=600, bad=3_600),
        ),
    )
    return table("levels", face, _SQL["water"], size=(12, 9), columns=columns)


def levels_over_time() -> Panel:
    """Return the water levels over time."""
    face = Face(
        title=Text("Water level", "Mực nước"),
        shows=Text(
            "Level of the chosen gauges; without a choice, of the eight that changed most within a "
            "day.",
            "Mực nước các trạm đã chọn; nếu không chọn, tám trạm thay đổi nhiều nhất trong ngày.",
        ),
        when_red=Text(
            "It has no red, for each gauge has a zero of its own: see the table beside it. More "
            "than half a metre an hour is a flood wave.",
            "Không có màu đỏ vì mỗi trạm có mốc riêng: xem bảng bên cạnh. Dâng hơn nửa mét mỗi "
            "giờ là sóng lũ.",
        ),
        unit="lengthm",
        decimals=2,
        no_data=_NO_GAUGE,
    )
    return time_series("levels-over-time", face, _SQL["water_over_time"], size=(12, 9))


def rain() -> Panel:
    """Return the rain of a day."""
    face = Face(
        title=Text("Rain of 24 hours", "Mưa 24 giờ"),
        shows=Text("The twelve wettest gauges.", "Mười hai trạm mưa nhiều nhất."),
        when_red=Text(
            "Above 100 mm: very heavy. Expect landslides in the hills and flooded roads; sites "
            "there cannot be reached.",
            "Trên 100 mm: mưa rất to. Nguy cơ sạt lở và ngập đường; không đến được các trạm ở đó.",
        ),
        unit="lengthmm",
        limits=rising(warning=50, bad=100),
        decimals=0,
        minimum=0,
        no_data=_NO_GAUGE,
    )
    return bar_gauge("rain", face, _SQL["rain"])


def rain_over_time() -> Panel:
    """Return rain by the hour."""
    face = Face(
        title=Text("Rain, by the hour", "Mưa theo giờ"),
        shows=Text(
            "Rain of each hour: mean and greatest of the chosen gauges.",
            "Lượng mưa từng giờ: trung bình và lớn nhất của các trạm đã chọn.",
        ),
        when_red=Text(
            "Above 50 mm in an hour streets of the towns flood, and microwave links fade.",
            "Trên 50 mm một giờ phố xá ngập, đường viba suy hao.",
        ),
        unit="lengthmm",
        limits=rising(warning=20, bad=50),
        no_data=_NO_GAUGE,
    )
    columns = (
        Column(name="mean", title=Text("mean", "trung bình"), colour=BLUE),
        Column(name="greatest", title=Text("greatest", "lớn nhất"), colour=ORANGE),
    )
    return time_series(
        "rain-over-time", face, _SQL["rain_over_time"], size=(16, 8), columns=columns
    )
