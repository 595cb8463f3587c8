"""Words of the login page and of the pages of problems, in both languages."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from province.text import Language, Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Log in", "Đăng nhập"),
    "token": Text("Your token", "Mã truy cập của bạn"),
    "help": Text(
        "It begins with srp_. Whoever runs Srepok for the province gives it to you; it is yours"
        " alone.",
        "Mã bắt đầu bằng srp_ và do đơn vị vận hành Srepok của tỉnh cấp. Mã này chỉ dành cho bạn.",
    ),
    "log_in": Text("Log in", "Đăng nhập"),
    "other": Text("Tiếng Việt", "English"),
}

WRONG: Final[Mapping[int, Text]] = {
    HTTPStatus.UNAUTHORIZED: Text(
        "This token is not good. It may be mistyped, expired or revoked.",
        "Mã không đúng. Có thể mã bị gõ sai, đã hết hạn hoặc đã bị thu hồi.",
    ),
    HTTPStatus.FORBIDDEN: Text(
        "This token is for a program, and not for the page.",
        "Mã này dành cho phần mềm, không dùng để mở trang.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Text(
        "Too many wrong tokens. Wait for some minutes, then try again.",
        "Nhập sai quá nhiều lần. Hãy chờ vài phút rồi thử lại.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Text(
        "The database is away, so nobody can log in. Try again in a moment.",
        "Cơ sở dữ liệu không phản hồi nên chưa thể đăng nhập. Hãy thử lại sau ít phút.",
    ),
}
"""What a person reads, by the status of the answer."""


PROBLEM_WORDS: Final[Mapping[str, Text]] = {
    "title": Text("This page cannot be shown", "Không hiển thị được trang này"),
    "again": Text("Try again", "Thử lại"),
    "by_itself": Text("This page tries again by itself.", "Trang sẽ tự thử lại."),
    "home": Text("To the live page", "Về trang trực tiếp"),
    "log_in": Text("Log in", "Đăng nhập"),
    "fault": Text("Tell whoever runs Srepok:", "Hãy báo đơn vị vận hành Srepok:"),
}

PROBLEM: Final = Text("The server cannot answer this.", "Máy chủ không trả lời được yêu cầu này.")
PROBLEMS: Final[Mapping[int, Text]] = {
    HTTPStatus.UNAUTHORIZED: Text("You are not logged in.", "Bạn chưa đăng nhập."),
    HTTPStatus.FORBIDDEN: Text(
        "Your token does not reach so far.", "Mã truy cập của bạn không có quyền này."
    ),
    HTTPStatus.NOT_FOUND: Text("There is nothing at this address.", "Địa chỉ này không có gì."),
    HTTPStatus.TOO_MANY_REQUESTS: Text(
        "Too many wrong tokens came from here.", "Từ đây đã nhập sai mã quá nhiều lần."
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Text(
        "This is a fault of ours, and was written down.", "Lỗi của hệ thống, đã được ghi lại."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Text(
        "The database does not answer at present.", "Cơ sở dữ liệu tạm thời không phản hồi."
    ),
}
"""What a person reads of a problem, by the status of the answer."""


def problem_words(language: Language) -> dict[str, str]:
    """Return the words of a problem's page in one language."""
    return {name: text.of(language) for name, text in PROBLEM_WORDS.items()}


def words_of(language: Language) -> dict[str, str]:
    """Return the words of the page in one language."""
    return {name: text.of(language) for name, text in WORDS.items()}
