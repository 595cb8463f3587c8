"""Words of messages, in English and Vietnamese."""

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "critical": ("CRITICAL", "NGHIÊM TRỌNG"),
    "major": ("MAJOR", "LỚN"),
    "minor": ("MINOR", "NHỎ"),
    "warning": ("WARNING", "CẢNH BÁO"),
    "indeterminate": ("INDETERMINATE", "CHƯA XÁC ĐỊNH"),
    "class-outage": ("Broadband outage", "Mất băng rộng"),
    "class-degradation": ("Broadband degraded", "Băng rộng suy giảm"),
    "class-pipeline": ("Monitoring itself is impaired", "Hệ thống giám sát gặp sự cố"),
    "class-device": ("Device silent", "Thiết bị không phản hồi"),
    "class-sensor": ("Sensor faulty", "Cảm biến bất thường"),
    "class-rule": ("Alert", "Cảnh báo"),
    "raise": ("begun", "bắt đầu"),
    "update": ("changed", "thay đổi"),
    "repeat": ("still open", "vẫn tiếp diễn"),
    "resolve": ("over", "đã kết thúc"),
    "hours": ("h", "giờ"),
    "minutes": ("min", "phút"),
    "and-more": ("and {} more", "và {} nơi khác"),
}


def words(word: str, language: str) -> str:
    """Return a word of messages in a language; what is not among them stands for itself."""
    english, vietnamese = _WORDS.get(str(word), (str(word), str(word)))
    return vietnamese if language == "vi" else english
