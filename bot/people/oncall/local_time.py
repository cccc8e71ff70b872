"""From what the clock on the wall shows to a moment, and back, where clocks are changed twice a year."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(local: datetime, zone: str) -> datetime:
    """When the clock in `zone` shows `local`, a naive time of whole seconds. In UTC.

    A time that comes twice, in autumn, is the first one. One that doesn't come at all, in spring, is the
    moment at which the clock jumps over it.
    """
    place = ZoneInfo(zone)
    first, second = local.replace(tzinfo=place, fold=0), local.replace(tzinfo=place, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or after <= before:
        return first.astimezone(UTC)
    # In a gap fold 0 reckons with the offset before it, fold 1 with the one after (PEP 495): the jump lies
    # between the two moments that they give.
    low, high = int(second.timestamp()), int(first.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def wall_clock(at: datetime, zone: str) -> datetime:
    """What the clock in `zone` shows at a moment: naive."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
