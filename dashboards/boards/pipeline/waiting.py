"""*Pipeline*: what waits on the way from the devices to the rows."""

from typing import Final

from dashboards.colours import NEUTRAL, WARNING
from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.panel import Panel
from dashboards.panels import stat, time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("pipeline")
_SILENT: Final = Text("the broker does not say", "broker không cho biết")


def in_flight() -> Panel:
    """Return what is in flight."""
    face = Face(
        title=Text("In flight", "Đang xử lý"),
        shows=Text(
            "Messages received and not yet committed: the most of this minute, of the worker that "
            "has most.",
            "Bản tin đã nhận mà chưa ghi xong: mức cao nhất trong phút này, của tiến trình nhiều "
            "nhất.",
        ),
        when_red=Text(
            "The worker takes nothing more until it commits (`INGEST_IN_FLIGHT`): the database is "
            "slow or away. The rest waits at the broker. Look at ingest's `/readyz`.",
            "Tiến trình ngừng nhận cho đến khi ghi xong (`INGEST_IN_FLIGHT`): cơ sở dữ liệu chậm "
            "hoặc mất kết nối. Phần còn lại chờ ở broker. Xem `/readyz` của ingest.",
        ),
        unit="none",
        limits=rising(warning=6_000, bad=11_000),
        no_data=Text("ingest is silent", "ingest im lặng"),
    )
    return stat("in-flight", face, _SQL["in_flight"], size=(4, 8))


def broker_queue() -> Panel:
    """Return what waits at the broker."""
    face = Face(
        title=Text("Broker's queue", "Hàng đợi broker"),
        shows=Text(
            "Messages that wait at the broker for ingest, the rules or whoever else was away, by "
            "its own count; those it retains are left out.",
            "Bản tin chờ ở broker cho ingest, bộ luật hoặc nơi khác đã vắng mặt, theo số đếm của "
            "broker; không tính bản tin lưu giữ (retained).",
        ),
        when_red=Text(
            "A session is away or too slow: see whether ingest and the rules run. At the queue's "
            "limit the newest messages are lost, and nobody is told (docs/operations/broker.md).",
            "Một phiên vắng mặt hoặc quá chậm: kiểm tra ingest và bộ luật. Khi hàng đợi đầy, bản "
            "tin mới nhất bị mất mà không ai được báo (docs/operations/broker.md).",
        ),
        unit="none",
        limits=rising(warning=10_000, bad=200_000),
        no_data=_SILENT,
    )
    return stat("broker-queue", face, _SQL["broker_queue"], size=(4, 8))


def dropped() -> Panel:
    """Return what the broker threw away."""
    face = Face(
        title=Text("Thrown away", "Bị vứt bỏ"),
        shows=Text(
            "Messages that the broker threw away in the time on the screen, by its own count.",
            "Số bản tin broker đã vứt bỏ trong thời gian đang xem, theo số đếm của broker.",
        ),
        when_red=Text(
            "They are lost: a queue was full. Keep ingest and the rules up, or raise "
            "`max_queued_messages`; delete sessions that nobody uses any more.",
            "Chúng đã mất: một hàng đợi bị đầy. Giữ ingest và bộ luật chạy, hoặc tăng "
            "`max_queued_messages`; xoá phiên không còn ai dùng.",
        ),
        unit="none",
        limits=rising(warning=1, bad=1),
        no_data=_SILENT,
    )
    return stat("dropped", face, _SQL["dropped"], size=(4, 8))


def queues() -> Panel:
    """Return what waited, over time."""
    face = Face(
        title=Text("What waited", "Số bản tin chờ"),
        shows=Text(
            "The most messages in flight in one worker, and the most that waited at the broker.",
            "Số bản tin nhiều nhất đang xử lý trong một tiến trình, và nhiều nhất chờ ở broker.",
        ),
        when_red=Text(
            "It has no red. A slope at the broker is an interruption, its fall is the catching up; "
            "a gap is a time in which no ingest ran.",
            "Không có màu đỏ. Đường dốc lên ở broker là gián đoạn, dốc xuống là đang xử lý bù; "
            "khoảng trống là lúc không có ingest nào chạy.",
        ),
        unit="none",
        no_data=Text("no ingest ran", "không có ingest nào chạy"),
    )
    columns = (
        Column(name="in_flight", title=Text("in flight", "đang xử lý"), colour=NEUTRAL),
        Column(name="broker", title=Text("at the broker", "ở broker"), colour=WARNING),
    )
    return time_series("queues", face, _SQL["queues"], columns=columns)
