"""Who is on call when, by a team's rotas: arithmetic only, the same for everybody who asks.

A rota is in force from its first handover until a newer one begins. Turns end at the same local time
whatever the clocks did meanwhile, so that a week may have 167 or 169 hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.people.oncall.local_time import moment, wall_clock
from storage.teams import Rota, RotaUnit, Swap

_DAYS: dict[RotaUnit, int] = {"day": 1, "week": 7}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A time in which the same people are on call."""

    start: datetime
    end: datetime
    order: tuple[str, ...]
    """Everybody of the rota in the order in which they are paged: primary, secondary, and so on."""
    swapped: bool
    """Whether a swap or a cover changed who is on call."""
    turn: int
    """Which handover of the rota it follows; 0 is the first."""
    rota: Rota


def handover(rota: Rota, number: int) -> datetime:
    """When a turn begins; 0 is the rota's first."""
    return moment(local_handover(rota, number), rota.zone)


def local_handover(rota: Rota, number: int) -> datetime:
    """What the clock on the wall of the rota's zone shows when a turn begins: naive."""
    return rota.first + number * _length(rota)


def turn_at(rota: Rota, at: datetime) -> int:
    """Whose turn it is at a moment, counted from 0; before the first handover 0 as well."""
    number = max((wall_clock(at, rota.zone) - rota.first) // _length(rota), 0)
    # Where the clock was put back, it shows a time again at which the turn has been handed over already.
    while handover(rota, number + 1) <= at:
        number += 1
    return number


def in_force(rotas: Sequence[Rota], at: datetime) -> Rota | None:
    """Which of a team's rotas, given in the order in which they were made, says who is on call."""
    return next((rota for rota in reversed(rotas) if rota.begins <= at), None)


def shift_at(rotas: Sequence[Rota], at: datetime) -> Shift | None:
    """Who is on call at a moment; None before the first rota begins, or without one."""
    rota = in_force(rotas, at)
    if rota is None:
        return None
    turn = turn_at(rota, at)
    planned = _order(rota, turn)
    order = _covered(_swapped(planned, rota, at), rota, at)
    start, end = max(handover(rota, turn), rota.begins), handover(rota, turn + 1)
    bounds = [bound for swap in agreed(rota) for bound in (swap.begins, swap.until)]
    bounds += [other.begins for other in rotas]
    return Shift(
        start=max([start, *(bound for bound in bounds if start < bound <= at)]),
        end=min([end, *(bound for bound in bounds if at < bound < end)]),
        order=order,
        swapped=order[:2] != planned[:2],
        turn=turn,
        rota=rota,
    )


def agreed(rota: Rota) -> tuple[Swap, ...]:
    """The swaps and covers of a rota as they hold, in order; what never will is not in it.

    Of the same two people the newer swap takes the place of one that it touches: typed twice it is once, and
    another end is the new end.
    """
    held = (_held(swap, rota.swaps[number:]) for number, swap in enumerate(rota.swaps, start=1))
    return tuple(swap for swap in held if swap.begins < swap.until)


def swaps_of(rota: Rota, one: str, other: str, at: datetime) -> tuple[Swap, ...]:
    """The swaps by which two people take each other's shifts at a moment."""
    found = (swap for swap in agreed(rota) if swap.kind == "swap" and {swap.one, swap.other} == {one, other})
    return tuple(swap for swap in found if swap.begins <= at < swap.until)


def shifts(rotas: Sequence[Rota], start: datetime, end: datetime) -> list[Shift]:
    """The shifts that touch a span of time, in order; the first and the last are given whole.

    What a swap parts stays one shift where it changes neither primary nor secondary.
    """
    found: list[Shift] = []
    at = start
    while at < end:
        shift = shift_at(rotas, at)
        if shift is None:
            later = [rota.begins for rota in rotas if rota.begins > at]
            if not later:
                break
            at = min(later)
            continue
        if found and _goes_on(found[-1], shift):
            last = found.pop()
            shift = Shift(
                start=last.start,
                end=shift.end,
                order=last.order,
                swapped=last.swapped,
                turn=last.turn,
                rota=last.rota,
            )
        found.append(shift)
        at = shift.end
    return found


def _length(rota: Rota) -> timedelta:
    return timedelta(days=_DAYS[rota.unit] * rota.every)


def _order(rota: Rota, turn: int) -> tuple[str, ...]:
    first = turn % len(rota.people)
    return rota.people[first:] + rota.people[:first]


def _held(swap: Swap, newer: Sequence[Swap]) -> Swap:
    """A swap with the end that the newer ones of the same two people leave it."""
    for other in newer:
        same = swap.kind == other.kind == "swap" and {swap.one, swap.other} == {other.one, other.other}
        touches = other.begins < swap.until and (other.begins >= swap.begins or other.until > swap.begins)
        if same and touches:
            swap = replace(swap, until=other.begins)
    return swap


def _swapped(order: tuple[str, ...], rota: Rota, at: datetime) -> tuple[str, ...]:
    for swap in agreed(rota):
        if swap.kind == "swap" and swap.begins <= at < swap.until:
            order = tuple(_exchanged(person, swap) for person in order)
    return order


def _covered(order: tuple[str, ...], rota: Rota, at: datetime) -> tuple[str, ...]:
    """The order without those who are covered: who covers them stands in their place, and in one place only.

    Of several covers of one person the newest counts.
    """
    covers = {
        swap.one: swap.other for swap in rota.swaps if swap.kind == "cover" and swap.begins <= at < swap.until
    }
    return tuple(dict.fromkeys(_stands_in(person, covers) for person in order))


def _stands_in(person: str, covers: Mapping[str, str]) -> str:
    """Who takes somebody's place: who covers may be covered too."""
    passed = {person}
    while (following := covers.get(person)) is not None and following not in passed:
        person = following
        passed.add(person)
    return person


def _exchanged(person: str, swap: Swap) -> str:
    return {swap.one: swap.other, swap.other: swap.one}.get(person, person)


def _goes_on(last: Shift, shift: Shift) -> bool:
    same_turn = last.rota.id == shift.rota.id and last.turn == shift.turn
    return same_turn and last.order[:2] == shift.order[:2]
