"""Reasons: why the rules took a step of an incident, in the words of log, row and screen.

Log and row have them in English. This is the one list of them, so that who reads Vietnamese can be
told the same from what was written down, on whatever screen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NewType

from province.text import Language, Text, same

Said = NewType("Said", str)
"""A reason of this list, its values in their places."""

_PLACE: Final = re.compile(r"\\\{(\w+)\\\}")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Reason:
    """Why, with places for values: `{probes} probes lose packets`.

    Attributes:
        text: in both languages, with the same places.
    """

    text: Text

    def say(self, **values: object) -> Said:
        """Return it as it is written down."""
        return Said(self.text.en.format(**values))

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its places, in the order of the English words."""
        return tuple(_PLACE.findall(re.escape(self.text.en)))

    def words(self, said: str) -> Text | None:
        """Return in both languages what was written down; None: it was not this."""
        found = self._pattern.fullmatch(said)
        if found is None:
            return None
        values = {name: _in_vietnamese(value) for name, value in found.groupdict().items()}
        return Text(said, self.text.vi.format(**values))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(self.text.en)))


def words_of(said: str) -> dict[str, str]:
    """Return a reason by language; what is none of ours, such as what a person said, as it is."""
    found = next((text for each in REASONS if (text := each.words(said))), None)
    return {str(each): said if found is None else found.of(each) for each in Language}


def _in_vietnamese(value: str) -> str:
    if _NUMBER.fullmatch(value):
        return value.replace(".", ",")
    return PARTS.get(value, same(value)).vi


PARTS: Final[Mapping[str, Text]] = {
    "database": Text("database", "cơ sở dữ liệu"),
    "uplink": Text("uplink", "đường kết nối về trung tâm"),
    "broker node": Text("broker node", "nút broker"),
    "rules": Text("rules", "dịch vụ luật"),
}
"""Parts of our own that have a Vietnamese name."""

FELL_SILENT: Final = Reason(
    Text(
        "{devices} fell silent together, score {score}",
        "{devices} thiết bị cùng mất tín hiệu, điểm {score}",
    )
)
LOSE_PACKETS: Final = Reason(Text("{probes} probes lose packets", "{probes} đầu đo bị mất gói"))
COME_THROUGH: Final = Reason(Text("probes come through again", "các đầu đo không còn mất gói"))
RECOVERED: Final = Reason(Text("recovered", "đã khôi phục"))
ROOT_CHANGED: Final = Reason(Text("root changed", "đổi nguyên nhân gốc"))
GREW: Final = Reason(Text("grew", "lan rộng"))
SHRANK: Final = Reason(Text("some of it is back", "một phần đã khôi phục"))
STAY_SILENT: Final = Reason(
    Text(
        "{devices} stay silent after {incident}, score {score}",
        "{devices} thiết bị vẫn mất tín hiệu sau {incident}, điểm {score}",
    )
)
SILENT_AGAIN: Final = Reason(
    Text(
        "{devices} are silent again or still, score {score}",
        "{devices} thiết bị lại mất hoặc vẫn mất tín hiệu, điểm {score}",
    )
)
PART_OF: Final = Reason(Text("part of {incident}", "là một phần của {incident}"))
WINDOW_OVER: Final = Reason(Text("window over", "hết thời gian bảo trì"))
OVERRUNS: Final = Reason(Text("work overruns its window", "bảo trì quá thời gian đã báo"))
FLAPS: Final = Reason(Text("it flaps", "chập chờn"))
FLAPS_NO_MORE: Final = Reason(Text("it flaps no more", "hết chập chờn"))
SILENT_ALONE: Final = Reason(
    Text("silent for half an hour, alone", "một mình mất tín hiệu nửa giờ")
)
SAME_VALUES: Final = Reason(
    Text("the same values again and again", "các giá trị lặp lại y hệt nhau")
)
VALUES_CHANGE: Final = Reason(Text("its values change again", "giá trị đã thay đổi trở lại"))
HEARD_AGAIN: Final = Reason(Text("heard again", "đã có tín hiệu trở lại"))
EXPLAINED: Final = Reason(Text("explained by an outage", "do một sự cố mất kết nối"))
IS_DOWN: Final = Reason(Text("{part} is down", "{part} ngừng hoạt động"))
IS_BACK: Final = Reason(Text("it is back", "đã hoạt động trở lại"))
NO_SESSION_ENDED: Final = Reason(
    Text("no session was ended for long", "đã lâu không có phiên nào bị ngắt")
)
HELD: Final = Reason(Text("held", "điều kiện được thỏa mãn"))
NOTHING_HEARD: Final = Reason(Text("nothing heard", "không nhận được gì"))
NO_FRESH_VALUE: Final = Reason(Text("no fresh value", "không có giá trị mới"))
FRESH_VALUE: Final = Reason(Text("fresh value", "đã có giá trị mới"))
CLEARED: Final = Reason(Text("cleared", "điều kiện đã hết"))
OUTSIDE_HOURS: Final = Reason(Text("outside its hours", "ngoài giờ áp dụng"))
RULE_CHANGED: Final = Reason(Text("rule changed", "quy tắc đã thay đổi"))
RULE_REMOVED: Final = Reason(Text("rule removed", "quy tắc đã bị bỏ"))
NOT_THERE: Final = Reason(Text("removed from the inventory", "đã bị bỏ khỏi danh mục"))
INVENTORY_CHANGED: Final = Reason(Text("the inventory changed", "danh mục đã thay đổi"))
DEVICE_REMOVED: Final = Reason(Text("device removed", "thiết bị đã bị bỏ"))

REASONS: Final = tuple(each for each in list(globals().values()) if isinstance(each, Reason))
"""All of them."""
