"""What each person has acquired: one row of choices per person and objective, and what the page showed."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.errors import DomainError
from common.forms import RefusableForm
from trainings.domain.assessing import Levels
from trainings.domain.following import Standing
from trainings.models import Assessment

UNKNOWN = "Choisissez un niveau dans la liste."
HALF = "Évaluez chaque objectif, ou laissez-les tous « Non évalué »."
# Short ones: four stand in a row on a phone.
CHOICES = [
    (Assessment.Level.ACQUIRED, "Acquis"),
    (Assessment.Level.PARTLY, "En cours"),
    (Assessment.Level.NOT_YET, "Non acquis"),
    ("", "Non évalué"),
]
CODES = {"": "0"} | {level: str(rank) for rank, level in enumerate(Assessment.Level.values, 1)}
LEVELS = {code: level for level, code in CODES.items()}


@dataclass(frozen=True)
class Row:
    """``stands`` is what somebody else has stored since the page was shown."""

    standing: Standing
    shown: BoundField
    aims: list[tuple[str, BoundField]]
    stands: str = ""

    @property
    def has_errors(self) -> bool:
        return any(field.errors for _aim, field in self.aims)


class AssessmentForm(RefusableForm):
    """``niveau-<registration>-<rank>`` for each objective; ``vu-<registration>`` is what was shown."""

    objectifs = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, people: Sequence[Standing], objectives: Sequence[str], said: Levels, **kwargs: Any
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.people, self.objectives = people, list(objectives)
        self.said = said
        self.stands: dict[int, str] = {}
        self.fields["objectifs"].initial = self.digest
        for line in people:
            levels = self._stored(line)
            self.fields[_shown(line)] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=_codes(levels)
            )
            for rank, (text, level) in enumerate(zip(self.objectives, levels, strict=True)):
                self.fields[_name(line, rank)] = forms.ChoiceField(
                    label=f"{line.registration.full_name}, {text}",
                    choices=CHOICES,
                    widget=forms.RadioSelect,
                    required=False,
                    initial=level,
                    error_messages={"invalid_choice": UNKNOWN},
                )

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.objectives).encode()).hexdigest()[:16]

    def rows(self) -> Iterator[Row]:
        for line in self.people:
            aims = [(text, self[_name(line, rank)]) for rank, text in enumerate(self.objectives)]
            yield Row(line, self[_shown(line)], aims, self.stands.get(line.registration.pk, ""))

    def clean(self) -> dict[str, Any]:
        """Half a line is said beside its first empty choice, for everybody at once."""
        if self.cleaned_data.get("objectifs") != self.digest:
            self.add_error(
                None,
                "Les objectifs de la formation viennent de changer : relisez, puis enregistrez à nouveau.",
            )
        for line in self.people:
            names = [_name(line, at) for at in range(len(self.objectives))]
            given = [self.cleaned_data.get(name) for name in names]
            if any(given) and not all(given):
                self.add_error(names[given.index("")] if "" in given else names[0], HALF)
        return self.cleaned_data

    @property
    def levels(self) -> Levels:
        """Of the people whose line says something else than it showed."""
        typed = {line.registration.pk: self._typed(line) for line in self.people}
        return {pk: levels for pk, levels in typed.items() if levels != self.seen[pk]}

    @property
    def seen(self) -> Levels:
        found = {}
        for line in self.people:
            codes = self.cleaned_data[_shown(line)].ljust(len(self.objectives), "0")
            levels = (LEVELS.get(code, "") for code in codes)
            found[line.registration.pk] = dict(zip(self.objectives, levels, strict=False))
        return found

    def refuse(self, error: DomainError) -> None:
        """What the domain says of a person stands beside that person's first objective."""
        kind, _, registration = (error.field or "").partition("-")
        named = f"niveau-{registration}-0" if kind == "registration" else error.field
        super().refuse(DomainError(str(error), field=named))

    def show_what_stands(self) -> None:
        """Before the page comes back: a line that nobody typed in here says what is stored now.

        Beside one that was typed in stands what somebody else stored; saving again keeps one's own.
        """
        data = self.data.copy()
        for line in self.people:
            names = [_name(line, rank) for rank in range(len(self.objectives))]
            now, shown = self._stored(line), data.get(_shown(line), "")
            if shown == _codes(now):
                continue
            if _codes(data.get(name, "") for name in names) == shown:
                for name, level in zip(names, now, strict=True):
                    data[name] = level
            else:
                labels = dict(CHOICES)
                self.stands[line.registration.pk] = ", ".join(str(labels[level]).lower() for level in now)
            data[_shown(line)] = _codes(now)
        self.data = data

    def _stored(self, line: Standing) -> list[str]:
        known = self.said.get(line.registration.pk, {})
        return [known.get(text, "") for text in self.objectives]

    def _typed(self, line: Standing) -> dict[str, str]:
        return {
            text: self.cleaned_data.get(_name(line, rank), "") for rank, text in enumerate(self.objectives)
        }


def _name(line: Standing, rank: int) -> str:
    return f"niveau-{line.registration.pk}-{rank}"


def _codes(levels: Iterable[str]) -> str:
    return "".join(CODES.get(level, "?") for level in levels)


def _shown(line: Standing) -> str:
    return f"vu-{line.registration.pk}"
