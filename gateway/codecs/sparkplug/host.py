"""Host: the STATE messages of other host applications, which say whether those are there."""

import json

from gateway.codecs.guarded import refused
from gateway.translation import Ignored, Outcome, RefusalReason

_OLD: frozenset[bytes] = frozenset({b"ONLINE", b"OFFLINE"})
"""What stands there in version 2.2."""


def host_state(body: bytes) -> Outcome:
    """Return what becomes of a STATE message: nothing, if it is one."""
    good = body in _OLD
    if not good:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            return refused(RefusalReason.MALFORMED, f"a STATE that is not JSON: {error}")
        good = isinstance(value, dict) and isinstance(value.get("online"), bool)
    if not good:
        return refused(RefusalReason.INVALID, "a STATE without a boolean `online`")
    return Outcome(ignored=[Ignored("STATE", "whether another host is there is no matter of ours")])
