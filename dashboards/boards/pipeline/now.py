"""*Pipeline*: the figures of this minute."""

from typing import Final

from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.panel import Panel
from dashboards.panels import stat
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("pipeline")


def messages_now() -> Panel:
    """Return the rate of messages."""
    face = Face(
        title=Text("Messages a second", "Bản tin mỗi giây"),
        shows=Text(
            "MQTT messages a second over the last five whole minutes, all workers together.",
            "Số bản tin MQTT mỗi giây trong năm phút trọn gần nhất, của mọi tiến trình.",
        ),
        when_red=Text(
            "Nothing arrives. See whether ingest runs (`/readyz`), then the broker's log. Villages "
            "turn unknown meanwhile, not dark.",
            "Không có gì đến. Kiểm tra ingest (`/readyz`), rồi nhật ký broker. Trong lúc đó các "
            "thôn thành không rõ, không phải mất dịch vụ.",
        ),
        unit="mps",
        limits=falling(warning=1, bad=0.01),
        decimals=1,
    )
    return stat("messages-now", face, _SQL["messages_now"])


def silence() -> Panel:
    """Return how long ago the accounts end."""
    face = Face(
        title=Text("Accounts end", "Sổ kết thúc"),
        shows=Text(
            "Time since the end of the newest minute that ingest has accounted for.",
            "Thời gian từ cuối phút mới nhất mà ingest đã ghi sổ.",
        ),
        when_red=Text(
            "Ingest receives nothing or cannot write. The broker keeps what comes: nothing is "
            "lost until its disk is full. Look at `/readyz`, then at the database.",
            "Ingest không nhận được gì hoặc không ghi được. Broker giữ lại bản tin: chưa mất gì "
            "cho đến khi đầy đĩa. Xem `/readyz`, rồi cơ sở dữ liệu.",
        ),
        unit="s",
        limits=rising(warning=120, bad=300),
        decimals=0,
        no_data=Text("never", "chưa từng"),
    )
    return stat("silence", face, _SQL["silence"])


def delay() -> Panel:
    """Return how late reports arrive."""
    face = Face(
        title=Text("Delay, 95 %", "Độ trễ, 95 %"),
        shows=Text(
            "Time from a device's observation to its arrival here; 95 % of the devices heard in "
            "the last five minutes are faster.",
            "Thời gian từ lúc thiết bị đo đến khi tới đây; 95 % thiết bị nhận được trong năm phút "
            "qua nhanh hơn mức này.",
        ),
        when_red=Text(
            "Either a queue is being worked off after an interruption (then it falls by itself), "
            "or many clocks are behind: see *Clocks* below.",
            "Hoặc đang xử lý hàng đợi sau gián đoạn (sẽ tự giảm), hoặc nhiều đồng hồ chạy chậm: "
            "xem *Đồng hồ* bên dưới.",
        ),
        unit="s",
        limits=rising(warning=60, bad=300),
        decimals=1,
        no_data=Text("nobody was heard", "không nhận được thiết bị nào"),
    )
    return stat("delay", face, _SQL["delay"])


def rejected_share() -> Panel:
    """Return the share of dead letters."""
    face = Face(
        title=Text("Refused", "Bị từ chối"),
        shows=Text(
            "Share of the records received in the time on the screen that became dead letters.",
            "Tỷ lệ bản ghi nhận trong thời gian đang xem đã bị từ chối.",
        ),
        when_red=Text(
            "Read the reasons below. A new firmware or a device missing in the inventory is the "
            "usual cause; put it right, then `python -m ingest letters replay`.",
            "Đọc lý do bên dưới. Thường do firmware mới hoặc thiết bị chưa có trong danh mục; sửa "
            "xong thì chạy `python -m ingest letters replay`.",
        ),
        unit="percent",
        limits=rising(warning=0.1, bad=1),
        decimals=2,
    )
    return stat("rejected-share", face, _SQL["rejected_share"])


def duplicate_share() -> Panel:
    """Return the share of duplicates."""
    face = Face(
        title=Text("Duplicates", "Trùng lặp"),
        shows=Text(
            "Share of the records received that were stored already. Some are normal: QoS 1 sends "
            "again when in doubt.",
            "Tỷ lệ bản ghi đã được lưu từ trước. Có một ít là bình thường: QoS 1 gửi lại khi không "
            "chắc.",
        ),
        when_red=Text(
            "Nothing is counted twice, but somebody sends everything again: look for a device or "
            "bridge that never gets its acknowledgements.",
            "Không có gì bị đếm hai lần, nhưng có nơi gửi lại mọi thứ: tìm thiết bị hoặc cầu nối "
            "không nhận được xác nhận.",
        ),
        unit="percent",
        limits=rising(warning=10, bad=40),
        decimals=2,
    )
    return stat("duplicate-share", face, _SQL["duplicate_share"])


def watching() -> Panel:
    """Return when the rules last watched."""
    face = Face(
        title=Text("Rules watched", "Bộ luật theo dõi"),
        shows=Text(
            "Time since the rules service last said that it watches and can see.",
            "Thời gian từ lần cuối dịch vụ luật báo rằng nó đang theo dõi.",
        ),
        when_red=Text(
            "Nobody decides which villages are out. Start the rules service; states since then "
            "are unknown.",
            "Không ai quyết định thôn nào mất dịch vụ. Khởi động dịch vụ luật; từ lúc đó mọi trạng "
            "thái là không rõ.",
        ),
        unit="s",
        limits=rising(warning=60, bad=180),
        decimals=0,
        no_data=Text("never", "chưa từng"),
    )
    return stat("watching", face, _SQL["watching"])
