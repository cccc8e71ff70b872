"""What an incident channel is called: the day, what is seen, and the ride's id, which no other has."""

import re
from datetime import datetime

MOST = 50
"""Characters of the alert: enough to tell ten incidents apart, and with the rest few enough for any chat."""
_SMALL = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "been", "being", "by", "for", "from", "has", "have"),
        *("in", "is", "it", "its", "of", "on", "or", "that", "the", "to", "was", "were", "will", "with"),
    }
)
"""Words that say nothing about what is wrong; `no` and `not` do."""


def channel_name(seen: str, at: datetime, ride: str) -> str:
    """Such as `inc-1129-checkout-orders-not-saved-f22kt8`.

    `seen` is the alert, which is what the page says: nothing of the cause is in it. A chat may change the
    letters.
    """
    words = re.findall(r"\w+", seen.casefold().replace("'", "").replace("’", ""))
    telling = [word for word in words if word not in _SMALL] or words
    told = ""
    for word in telling:
        longer = f"{told}-{word}" if told else word[:MOST]
        if len(longer) > MOST:
            break
        told = longer
    return "-".join(part for part in ("inc", f"{at:%m%d}", told, ride) if part)
