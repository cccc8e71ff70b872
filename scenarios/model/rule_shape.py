"""Whether a rule makes sense by itself: not empty, not contradictory, its kinds known."""

from collections.abc import Iterator

from scenarios.loading.nearest import nearest
from scenarios.model.rules import Rule
from scenarios.sql.acts import KINDS

Loc = tuple[str | int, ...]

STATEMENT_WORDS = frozenset(
    {
        "reads",
        "shows",
        "calls",
        "creates",
        "drops",
        "reindexes",
        "truncates",
        "writes",
        "writes_all_rows",
        "alters",
        "runs",
        "in_database",
    }
)
SIGNAL_WORDS = frozenset({"attempts", "cancels", "ends", "attempts_groups", "first_attempts_only"})
OTHER_WORDS = frozenset({"tries_meta", "passed"})
COMPOSITION = frozenset({"any", "all", "in_order"})
_QUALIFIERS = frozenset({"shows", "in_database"})


def words_of(rule: Rule) -> frozenset[str]:
    """The words that a rule uses."""
    return frozenset(name for name in Rule.model_fields if getattr(rule, name) is not None)


def rule_problems(rule: Rule) -> Iterator[tuple[Loc, str]]:
    """Each problem of a rule and the rules in it: its path within the rule, and a sentence."""
    words = words_of(rule) - {"before"}
    composed = words & COMPOSITION
    if not words:
        yield (), "the rule is empty; say what must have happened, such as `reads: pg_stat_activity`."
    elif len(composed) > 1 or (composed and words - COMPOSITION):
        yield (), f"{_list(words)} can't stand in one rule; put each into a rule of its own under `all`."
    elif not composed:
        yield from _word_problems(rule, words)
    for word in sorted(composed):
        parts: tuple[Rule, ...] = getattr(rule, word)
        if not parts:
            yield (word,), f"{word!r} has no rules in it."
        for number, part in enumerate(parts):
            for loc, message in rule_problems(part):
                yield (word, number, *loc), message


def _word_problems(rule: Rule, words: frozenset[str]) -> Iterator[tuple[Loc, str]]:
    kinds = [words & STATEMENT_WORDS, words & SIGNAL_WORDS, words & OTHER_WORDS]
    if sum(map(bool, kinds)) > 1 or len(kinds[1]) > 1 or len(kinds[2]) > 1:
        yield (), f"{_list(words)} are never true of one event; put each into a rule of its own under `all`."
    if words and words <= _QUALIFIERS:
        yield (), f"{_list(words)} alone says nothing; add what the statement does, such as `writes: orders`."
    if rule.shows is not None and rule.reads is None:
        yield ("shows",), "'shows' goes with 'reads'."
    if rule.reindexes is False:
        yield ("reindexes",), "'reindexes' can only be true; leave it out otherwise."
    if rule.passed is not None and rule.before is not None:
        yield ("before",), "a check can't pass before the first attempt."
    for word in ("creates", "drops", "alters"):
        for name in getattr(rule, word) or ():
            yield from _kind_problems(word, name)


def _kind_problems(word: str, name: str) -> Iterator[tuple[Loc, str]]:
    if name in KINDS or (name == "*" and word != "creates"):
        return
    if word != "creates" and any(name.startswith(f"{kind} ") for kind in KINDS):
        return
    near = nearest(name, KINDS)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(sorted(KINDS))}."
    yield (word,), f"{name!r} is no kind of object; {hint}"


def _list(words: frozenset[str]) -> str:
    names = [repr(word) for word in sorted(words)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
