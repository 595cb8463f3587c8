"""*City sensors*: air."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, time_series
from dashboards.query import queries_of
from dashboards.text import Text, same

_SQL: Final = queries_of("city")
_NO_STATION: Final = Text("no station reports", "không có trạm báo cáo")


def stations() -> Panel:
    """Return particles at each station."""
    face = Face(
        title=Text("PM2.5, mean of 24 hours", "Bụi PM2,5 trung bình 24 giờ"),
        shows=Text(
            "The twelve worst stations. The national limit is 50 micrograms (QCVN 05:2023).",
            "Mười hai trạm xấu nhất. Quy chuẩn quốc gia là 50 microgam (QCVN 05:2023).",
        ),
        when_red=Text(
            "Above the national limit: tell the health office; look for fires in the dry season.",
            "Vượt quy chuẩn: báo ngành y tế; mùa khô thì tìm đám cháy.",
        ),
        unit="conμgm3",
        limits=rising(warning=37.5, bad=50),
        decimals=0,
        minimum=0,
        no_data=_NO_STATION,
    )
    return bar_gauge("stations", face, _SQL["air"])


def pollutants() -> Panel:
    """Return pollutants over time."""
    face = Face(
        title=Text("Pollutants", "Chất ô nhiễm"),
        shows=Text(
            "Particles, nitrogen dioxide and ozone, mean of the chosen stations.",
            "Bụi, nitơ điôxít và ôzôn, trung bình các trạm đã chọn.",
        ),
        when_red=Text(
            "It has no red, for each substance has its own limit. Compare PM2.5 with the bars.",
            "Không có màu đỏ vì mỗi chất có giới hạn riêng. So PM2,5 với các cột.",
        ),
        unit="conμgm3",
        no_data=_NO_STATION,
    )
    columns = (
        Column(name="pm2_5_ugm3", title=same("PM2.5")),
        Column(name="pm10_ugm3", title=same("PM10")),
        Column(name="no2_ugm3", title=same("NO2")),
        Column(name="o3_ugm3", title=same("O3")),
    )
    return time_series("pollutants", face, _SQL["air_over_time"], size=(16, 8), columns=columns)
