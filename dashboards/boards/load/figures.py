"""*Alarm load*: how much, when, and how much was spared."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.lines import Line, bars_of
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, stat, time_series
from dashboards.query import queries_of
from dashboards.states import SEVERITIES
from dashboards.text import Text
from dashboards.words import WITHHELD

_SQL: Final = queries_of("load")


def last_hour() -> Panel:
    """Return the load of the last hour."""
    face = Face(
        title=Text("Last hour", "Giờ qua"),
        shows=Text(
            "Alerts of which people were told, and those of the fullest ten minutes. One in ten "
            "minutes is what one person can answer; more than ten is a flood.",
            "Số cảnh báo đã báo, và số trong mười phút cao nhất. Một người xử lý được một cảnh báo "
            "mỗi mười phút; hơn mười là lũ.",
        ),
        when_red=Text(
            "Call a second person. Then see *Chatterers*: shelve what says nothing new.",
            "Gọi thêm người. Rồi xem *Nguồn lắm lời*: gác những gì không có gì mới.",
        ),
        unit="none",
    )
    columns = (
        Column(name="alerts", title=Text("alerts", "cảnh báo"), limits=rising(warning=6, bad=12)),
        Column(
            name="peak", title=Text("in 10 min", "trong 10 phút"), limits=rising(warning=2, bad=10)
        ),
    )
    return stat("last-hour", face, _SQL["last_hour"], size=(5, 4), columns=columns)


def periods() -> Panel:
    """Return the mean load and the share of floods."""
    face = Face(
        title=Text("Ten-minute periods", "Các khoảng mười phút"),
        shows=Text(
            "Alerts in ten minutes on average, and the share of the time in flood (more than ten).",
            "Số cảnh báo trung bình mỗi mười phút, và tỷ lệ thời gian bị lũ (hơn mười).",
        ),
        when_red=Text(
            "More than one on average, or more than 1 % in flood: rules must change. Try a change "
            "on the past with `python -m rules backtest`.",
            "Trung bình hơn một, hoặc lũ hơn 1 %: phải sửa luật. Thử trên quá khứ bằng `python -m "
            "rules backtest`.",
        ),
        unit="none",
        decimals=2,
        no_data=Text("no alert in this time", "không có cảnh báo"),
    )
    columns = (
        Column(name="mean", title=Text("mean", "trung bình"), limits=rising(warning=0.5, bad=1)),
        Column(
            name="flood",
            title=Text("in flood", "bị lũ"),
            unit="percent",
            limits=rising(warning=0.1, bad=1),
        ),
    )
    return stat("periods", face, _SQL["periods"], size=(5, 4), columns=columns)


def storm() -> Panel:
    """Return how many alerts were spared."""
    face = Face(
        title=Text("Storm factor", "Hệ số bão"),
        shows=Text(
            "How many alerts there would have been for each that was made: one, and what was "
            "withheld because of it. The greater, the more suppression spares.",
            "Lẽ ra có bao nhiêu cảnh báo cho mỗi cảnh báo được tạo: một, cộng những gì giữ lại vì "
            "nó. Càng lớn càng đỡ được nhiều.",
        ),
        when_red=Text(
            "It has no red. Near one in a storm: the inventory's topology is wrong, so nothing "
            "explains anything.",
            "Không có màu đỏ. Gần một trong cơn bão: sơ đồ mạng trong danh mục sai nên không gì "
            "giải thích được gì.",
        ),
        unit="none",
        decimals=1,
        no_data=Text("no alert in this time", "không có cảnh báo"),
    )
    return stat("storm", face, _SQL["storm"])


def stale() -> Panel:
    """Return how many incidents are stale."""
    face = Face(
        title=Text("Open for a day", "Mở hơn một ngày"),
        shows=Text("Open incidents older than a day.", "Sự cố mở hơn một ngày."),
        when_red=Text(
            "More than five: each is either work that nobody does, or a rule that should not "
            "alert. Close, shelve, or change the rule.",
            "Hơn năm: hoặc là việc không ai làm, hoặc là luật không nên cảnh báo. Đóng, gác, hoặc "
            "sửa luật.",
        ),
        unit="none",
        limits=rising(warning=1, bad=6),
    )
    return stat("stale", face, _SQL["stale"])


def answered() -> Panel:
    """Return how soon incidents are taken on."""
    face = Face(
        title=Text("Taken on after", "Thời gian nhận xử lý"),
        shows=Text(
            "Time until somebody took on a critical or major incident: half of them, and 95 %.",
            "Thời gian đến khi có người nhận sự cố nghiêm trọng hoặc nặng: một nửa, và 95 %.",
        ),
        when_red=Text(
            "Half of them wait for more than a quarter of an hour: too many alerts, or too few "
            "people on this shift.",
            "Một nửa chờ hơn mười lăm phút: quá nhiều cảnh báo, hoặc ca trực thiếu người.",
        ),
        unit="s",
        decimals=0,
        no_data=Text("none was taken on", "chưa có sự cố được nhận"),
    )
    columns = (
        Column(name="half", title=Text("half", "một nửa"), limits=rising(warning=300, bad=900)),
        Column(name="most", title=Text("95 %", "95 %"), limits=rising(warning=900, bad=3_600)),
    )
    return stat("answered", face, _SQL["answered"], size=(6, 4), columns=columns)


def hourly() -> Panel:
    """Return alerts an hour by severity."""
    face = Face(
        title=Text("Alerts an hour", "Cảnh báo mỗi giờ"),
        shows=Text("Alerts of which people were told, by severity.", "Cảnh báo đã báo, theo mức."),
        when_red=Text(
            "The red area is critical ones. Above 60 in an hour nobody reads them any more.",
            "Vùng đỏ là nghiêm trọng. Trên 60 mỗi giờ thì không ai đọc nữa.",
        ),
        unit="none",
        no_data=Text("no alert in this time", "không có cảnh báo"),
    )
    columns = tuple(
        Column(name=state.name, title=state.text, colour=state.colour)
        for state in reversed(SEVERITIES)
        if state.name != "indeterminate"
    )
    return time_series(
        "hourly", face, _SQL["hourly"], size=(10, 9), columns=columns, stacked=True, interval="1h"
    )


def severities() -> Panel:
    """Return alerts by severity."""
    face = Face(
        title=Text("By severity", "Theo mức"),
        shows=Text(
            "Alerts of this time by severity. A good mix has few critical ones.",
            "Cảnh báo theo mức. Tỷ lệ tốt là ít nghiêm trọng.",
        ),
        when_red=Text(
            "It has no red. More than one in twenty critical: the word loses its meaning.",
            "Không có màu đỏ. Hơn một phần hai mươi là nghiêm trọng: từ này mất ý nghĩa.",
        ),
        unit="none",
        minimum=0,
        no_data=Text("no alert in this time", "không có cảnh báo"),
    )
    words = {state.name: state.text for state in SEVERITIES}
    columns: tuple[Column | Line, ...] = (
        Column(name="severity", words=words),
        *bars_of(SEVERITIES),
    )
    return bar_gauge("severities", face, _SQL["severities"], size=(5, 9), columns=columns)


def withheld() -> Panel:
    """Return what was withheld, by decision."""
    face = Face(
        title=Text("Withheld an hour, by decision", "Giữ lại mỗi giờ, theo quyết định"),
        shows=Text(
            "What was not made an alert, and the decision that withheld it.",
            "Những gì không thành cảnh báo, và quyết định giữ lại.",
        ),
        when_red=Text(
            "It has no red. A decision that is new here follows a change of rules or inventory.",
            "Không có màu đỏ. Quyết định mới xuất hiện là do đổi luật hoặc danh mục.",
        ),
        unit="none",
        no_data=Text("nothing was withheld", "không có gì được giữ lại"),
    )
    columns = [Column(name=reason, title=words) for reason, words in WITHHELD.items()]
    return time_series(
        "withheld", face, _SQL["withheld_hourly"], size=(9, 9), columns=columns, interval="1h"
    )
