"""Places for labels beside each other, each as near as can be to where it belongs."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """Places in the order of `wanted`, which is sorted, at least `apart` from each other.

    Labels that would lie on each other stand together around the middle of where they belong. If there is no
    room for all between `low` and `high`, they stand evenly.
    """
    count = len(wanted)
    if count > 1 and (high - low) / (count - 1) < apart:
        return [low + (high - low) * number / (count - 1) for number in range(count)]
    groups: list[tuple[float, int]] = []
    """The sum of the places wanted, as of the group's first label, and how many there are."""
    for place in wanted:
        total, size = place, 1
        while groups and _first(groups[-1], apart, low, high) + groups[-1][1] * apart > _first(
            (total, size), apart, low, high
        ):
            before, many = groups.pop()
            total, size = before + total - size * many * apart, size + many
        groups.append((total, size))
    return [
        _first(group, apart, low, high) + number * apart for group in groups for number in range(group[1])
    ]


def _first(group: tuple[float, int], apart: float, low: float, high: float) -> float:
    """Where a group's first label stands."""
    total, size = group
    return min(max(total / size, low), high - (size - 1) * apart)
