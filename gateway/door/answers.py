"""Answers to uploads: what was accepted, and of what was not, which field of which record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from pydantic_core import to_json

from gateway.door.judge import Kept
from gateway.problems.problem import INVALID, Problem

_ACCEPTED: Final = 202
_MOST: Final = 100
"""Most faults of one answer: a body of a thousand bad reports needs no megabyte of answer."""


@dataclass(slots=True)
class Tally:
    """What became of the records of one upload.

    Attributes:
        accepted: records that the broker has, some of them perhaps without a value.
        refused: records of which it has nothing.
        faults: each thing that was wrong, as the answer has it.
        reasons: of each.
    """

    accepted: int = 0
    refused: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, records: Iterable[Kept]) -> "Tally":
        """Count judged records."""
        tally = cls()
        for index, kept in enumerate(records):
            tally.accepted += kept.item is not None
            tally.refused += kept.item is None
            for fault in kept.faults:
                tally.reasons.append(fault.reason)
                tally.faults.append(
                    {
                        "index": index,
                        "field": fault.field,
                        "value": fault.value,
                        "reason": fault.reason,
                        "detail": fault.detail,
                    }
                )
        return tally

    def document(self) -> dict[str, Any]:
        """Return it as it stands in answers."""
        more = len(self.faults) - _MOST
        left_out = {"faults_left_out": more} if more > 0 else {}
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "faults": self.faults[:_MOST],
        } | left_out

    def problem(self) -> Problem:
        """Return the problem of an upload of which nothing was accepted."""
        if not self.faults:
            return Problem(INVALID, "there is no record in the body", extra=self.document())
        first = self.faults[0]
        where = first["field"] or "record"
        detail = f"record {first['index']}: {where}: {first['detail']}"
        return Problem(INVALID, detail, extra=self.document())


ONE: Final = Tally(accepted=1)
"""By far the most frequent one."""
_ONE_DOCUMENT: Final = to_json(ONE.document())


def accepted(tally: Tally) -> web.Response:
    """Return the answer that the broker has the good records."""
    document = _ONE_DOCUMENT if tally is ONE else to_json(tally.document())
    return web.Response(body=document, status=_ACCEPTED, content_type="application/json")
