"""*Pipeline*: roll-ups and sizes."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import no_limits, rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, stat, table
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("pipeline")


def rollups() -> Panel:
    """Return how far roll-ups are behind."""
    face = Face(
        title=Text("Roll-ups behind", "Bảng tổng hợp chậm"),
        shows=Text(
            "Buckets (minutes, hours, days) between now and the end of the newest bucket.",
            "Số khoảng (phút, giờ, ngày) từ cuối khoảng mới nhất đến bây giờ.",
        ),
        when_red=Text(
            "Charts miss their right end. On the Apache edition see *Oldest mark*: ingest calls "
            "`roll_up()`. On the Community edition see `timescaledb_information.job_errors`.",
            "Biểu đồ thiếu phần bên phải. Bản Apache: xem *Việc chờ lâu nhất*, ingest gọi "
            "`roll_up()`. Bản Community: xem `timescaledb_information.job_errors`.",
        ),
        unit="none",
        limits=rising(warning=6, bad=20),
        decimals=1,
        minimum=0,
    )
    return bar_gauge("rollups", face, _SQL["rollups"])


def marks() -> Panel:
    """Return how long roll-up work waits."""
    face = Face(
        title=Text("Oldest mark", "Việc chờ lâu nhất"),
        shows=Text(
            "How long the oldest piece of roll-up work waits; on the Community edition always "
            "nothing.",
            "Việc tổng hợp cũ nhất đã chờ bao lâu. Bản Community luôn bằng không.",
        ),
        when_red=Text(
            "`roll_up()` does not keep up or is not called: see ingest's log for `upkeep`.",
            "`roll_up()` không kịp hoặc không được gọi: xem `upkeep` trong nhật ký ingest.",
        ),
        unit="s",
        limits=rising(warning=180, bad=900),
        decimals=0,
        no_data=Text("nothing waits", "không có việc chờ"),
    )
    return stat("marks", face, _SQL["marks"], size=(4, 8))


def database_size() -> Panel:
    """Return the size of the database."""
    face = Face(
        title=Text("Database", "Cơ sở dữ liệu"),
        shows=Text("Bytes on disk, all of it.", "Số byte trên đĩa, tất cả."),
        when_red=Text(
            "It has no red, because the disk's size is not known here. See "
            "docs/schema/README.md for what to expect, and edit `retention_settings` to keep less.",
            "Không có màu đỏ vì không biết dung lượng đĩa. Xem docs/schema/README.md để biết mức "
            "bình thường, và sửa `retention_settings` để giữ ít hơn.",
        ),
        unit="bytes",
        limits=no_limits(),
    )
    return stat("database-size", face, _SQL["database_size"], size=(4, 8))


def sizes() -> Panel:
    """Return the size of each hypertable."""
    face = Face(
        title=Text("Hypertables", "Siêu bảng"),
        shows=Text(
            "Bytes and chunks of each hypertable and roll-up, and how many are in the columnstore.",
            "Số byte và mảnh của từng siêu bảng, và số mảnh trong kho cột.",
        ),
        when_red=Text(
            "It has no red. An oldest chunk far older than its retention means that "
            "`enforce_retention()` does not run.",
            "Không có màu đỏ. Mảnh cũ hơn nhiều so với thời hạn lưu nghĩa là `enforce_retention()` "
            "không chạy.",
        ),
        unit="none",
    )
    columns = (
        Column(name="relation", title=Text("Relation", "Bảng")),
        Column(name="bytes", title=Text("Size", "Kích thước"), unit="bytes", width=100),
        Column(name="chunks", title=Text("Chunks", "Mảnh"), width=80),
        Column(name="columnstore", title=Text("In columnstore", "Trong kho cột"), width=120),
        Column(name="oldest", title=Text("From", "Từ"), unit="dateTimeAsLocal", width=170),
    )
    return table("sizes", face, _SQL["sizes"], size=(8, 8), columns=columns)
