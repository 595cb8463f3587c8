"""*City sensors*: street lights, traffic, energy."""

from typing import Final

from dashboards.colours import BLUE, GOOD, GREY, ORANGE
from dashboards.column import Column
from dashboards.face import Face
from dashboards.panel import Panel
from dashboards.panels import stat, time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("city")


def lights() -> Panel:
    """Return street lights now."""
    face = Face(
        title=Text("Street lights", "Đèn đường"),
        shows=Text(
            "Cabinets whose light is on, off, and those that have been silent for a quarter of an "
            "hour.",
            "Số tủ đèn đang sáng, đang tắt, và im lặng quá mười lăm phút.",
        ),
        when_red=Text(
            "It has no red, for it depends on the hour. Dark at night in a whole commune: a "
            "feeder; the rulebook makes an alert of it.",
            "Không có màu đỏ vì tùy giờ. Tắt ban đêm cả xã: lộ điện; bộ luật sẽ cảnh báo.",
        ),
        unit="none",
    )
    columns = (
        Column(name="lit", title=Text("lit", "sáng"), colour=GOOD),
        Column(name="off", title=Text("off", "tắt"), colour=BLUE),
        Column(name="silent", title=Text("silent", "im lặng"), colour=GREY),
    )
    return stat("lights", face, _SQL["lights"], size=(8, 8), columns=columns)


def lights_over_time() -> Panel:
    """Return the share of lit street lights."""
    face = Face(
        title=Text("Share of lights lit", "Tỷ lệ đèn sáng"),
        shows=Text("Share of the chosen cabinets that are lit.", "Tỷ lệ tủ đèn đã chọn đang sáng."),
        when_red=Text(
            "It has no red. A dip at night is lost mains; a plateau by day is wasted energy.",
            "Không có màu đỏ. Sụt ban đêm là mất điện; cao ban ngày là lãng phí.",
        ),
        unit="percent",
        minimum=0,
        maximum=100,
    )
    columns = (Column(name="lit", title=Text("lit", "sáng")),)
    return time_series(
        "lights-over-time", face, _SQL["lights_over_time"], size=(16, 8), columns=columns
    )


def traffic() -> Panel:
    """Return traffic."""
    face = Face(
        title=Text("Traffic", "Giao thông"),
        shows=Text(
            "Vehicles an hour, and their speed (right), mean of the chosen counters.",
            "Số xe mỗi giờ, và tốc độ (trục phải), trung bình các điểm đếm đã chọn.",
        ),
        when_red=Text(
            "It has no red. Slow and few: a blocked road; slow and many: a jam.",
            "Không có màu đỏ. Chậm và ít: đường bị chặn; chậm và đông: kẹt xe.",
        ),
        unit="none",
        decimals=0,
    )
    columns = (
        Column(name="flow", title=Text("vehicles an hour", "xe mỗi giờ"), colour=BLUE),
        Column(
            name="speed",
            title=Text("speed", "tốc độ"),
            unit="velocitykmh",
            colour=ORANGE,
            on_the_right=True,
        ),
    )
    return time_series("traffic", face, _SQL["traffic"], columns=columns)


def power() -> Panel:
    """Return power drawn."""
    face = Face(
        title=Text("Power drawn", "Công suất điện"),
        shows=Text("Sum of the chosen meters.", "Tổng các công tơ đã chọn."),
        when_red=Text(
            "It has no red. A sudden fall: mains failed somewhere, or meters are silent.",
            "Không có màu đỏ. Giảm đột ngột: mất điện ở đâu đó, hoặc công tơ im lặng.",
        ),
        unit="kwatt",
    )
    columns = (Column(name="power", title=Text("power", "công suất")),)
    return time_series("power", face, _SQL["power"], columns=columns)
