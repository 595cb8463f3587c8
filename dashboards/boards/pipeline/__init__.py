"""*Pipeline*: does everything that is sent arrive, once, and soon?"""

from dashboards import annotation
from dashboards.board import Board, Row
from dashboards.boards.pipeline import devices, intake, now, storage, waiting
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="pipeline",
        title=Text("Pipeline", "Đường ống dữ liệu"),
        description=Text(
            "Messages from the broker to the rows: how many, how late, and what was refused.",
            "Bản tin từ broker đến bảng: bao nhiêu, trễ bao lâu, và cái gì bị từ chối.",
        ),
        folder=Folder.SYSTEM,
        annotations=annotation.of_the_province(),
        rows=(
            Row(
                Text("Now", "Hiện tại"),
                (
                    now.messages_now(),
                    now.silence(),
                    now.delay(),
                    now.rejected_share(),
                    now.duplicate_share(),
                    now.watching(),
                ),
            ),
            Row(
                Text("Intake", "Tiếp nhận"),
                (intake.records(), intake.messages(), intake.accounts()),
            ),
            Row(
                Text("Waiting", "Đang chờ"),
                (waiting.in_flight(), waiting.broker_queue(), waiting.dropped(), waiting.queues()),
            ),
            Row(
                Text("Dead letters", "Bản tin bị từ chối"),
                (intake.letters_by_reason(), intake.letters()),
            ),
            Row(
                Text("Devices", "Thiết bị"),
                (devices.overdue(), devices.clocks(), devices.canaries()),
            ),
            Row(
                Text("Storage", "Lưu trữ"),
                (storage.rollups(), storage.marks(), storage.database_size(), storage.sizes()),
            ),
        ),
    )
