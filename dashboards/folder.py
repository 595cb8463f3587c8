"""Folders: where dashboards are filed, one of each for each language."""

from enum import Enum

from dashboards.text import Language, Text


class Folder(Enum):
    """A folder by its name in uids."""

    PROVINCE = "province"
    """What the room watches: villages, sites, sensors, incidents."""
    SYSTEM = "system"
    """What watches Srepok itself."""

    @property
    def title(self) -> Text:
        """Its title; no two folders share one, in any language."""
        return {
            Folder.PROVINCE: Text("Srepok", "Srepok: tiếng Việt"),
            Folder.SYSTEM: Text("Srepok: the system", "Srepok: hệ thống"),
        }[self]

    def uid(self, language: Language) -> str:
        """Return its uid, fixed for ever."""
        suffix = "" if language is Language.ENGLISH else f"-{language}"
        return f"srepok-{self.value}{suffix}"
