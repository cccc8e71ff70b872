"""The known words that look most like an unknown one."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Up to `limit` of the known words, best first; those that begin with the word count too."""
    names = {name.lower(): name for name in sorted(set(known))}
    lowered = word.lower()
    close = get_close_matches(lowered, names, n=limit, cutoff=0.6)
    begun = [name for name in names if len(lowered) >= 3 and name.startswith(lowered)]
    return tuple(names[name] for name in dict.fromkeys([*close, *begun]))[:limit]
