"""Groups of people, merged for publication so that nobody is singled out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.domain.survey import FLOOR

OTHERS = "Autres"


@dataclass(frozen=True)
class Group:
    """``participants`` may be a lower bound; ``people``, when known, are the accounts behind it."""

    label: str
    participations: int
    participants: int
    sessions: int = 0
    order: tuple[int, ...] = ()
    people: frozenset[int] = field(default=frozenset(), compare=False, repr=False)


# What a report counts by profession, city, modality, weekday and hour.
ProfessionCount = Group


def small_groups_merged(groups: Iterable[Group], others: str = OTHERS) -> list[Group]:
    """Groups of fewer than five people together, so that none is shown or can be subtracted.

    One more group joins them while they are together still fewer than five.
    """
    left = sorted(groups, key=lambda each: each.participants)
    merged: list[Group] = []
    while left and (left[0].participants < FLOOR or 0 < _people(merged) < FLOOR):
        merged.append(left.pop(0))
    shown = by_size(left)
    if merged:
        shown.append(
            Group(
                others,
                sum(each.participations for each in merged),
                _people(merged),
                sum(each.sessions for each in merged),
            )
        )
    return shown


def by_size(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda each: (-each.participations, each.label))


def in_order(groups: Iterable[Group]) -> list[Group]:
    """As the week goes; what was merged comes last."""
    return sorted(groups, key=lambda each: (not each.order, each.order, each.label))


def _people(groups: Sequence[Group]) -> int:
    """Different people of ``groups``; their sum where the accounts are not known."""
    if all(each.people or not each.participants for each in groups):
        return len(frozenset().union(*(each.people for each in groups)))
    return sum(each.participants for each in groups)
