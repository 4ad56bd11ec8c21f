"""How the fields of a long form are put together: anchor, heading, fields."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField

from events.domain.activity_settings import QUESTIONNAIRES
from events.forms.activity_settings import ActivitySettingsForm
from events.forms.session import SessionForm


@dataclass(frozen=True)
class Section:
    """``rows`` is a formset shown instead of fields; ``one`` says what one row is, ``name`` heads it.

    What few sessions need is ``folded`` until it holds something.
    """

    anchor: str
    heading: str
    fields: list[BoundField] = field(default_factory=list)
    rows: Any = None
    one: str = ""
    name: str = ""
    folded: bool = False


# A group of boxes is a fieldset with a legend.
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
RULES = [
    "approval",
    "professions",
    "overbooking_percent",
    "waiting_list",
    "promotion",
    "offer_hours",
    "promotion_cutoff_hours",
]


def bound(form: forms.BaseForm, names: list[str]) -> list[BoundField]:
    return mark_groups([form[name] for name in names])


def mark_groups(fields: list[BoundField]) -> list[BoundField]:
    for each in fields:
        each.is_group = isinstance(each.field.widget, GROUPS)  # type: ignore[attr-defined]
    return fields


def settings_sections(form: ActivitySettingsForm) -> list[Section]:
    rules = [*RULES[:2], "members_first_days", "season_limit", *RULES[2:]]
    follow = ["apply_to_coming"] if "apply_to_coming" in form.fields else []
    return [
        Section("regles", "Règles d’accès", bound(form, rules)),
        Section("questions", "Questions", bound(form, ["question_set"])),
        Section("questionnaires", "Questionnaires", bound(form, [*QUESTIONNAIRES, "delayed_weeks"])),
        *([Section("sessions", "Sessions à venir", bound(form, follow))] if follow else []),
    ]


def session_sections(form: SessionForm) -> list[Section]:
    """In the order in which a coordinator thinks."""
    first = ["members_first_planned"] if form.fields["members_first_planned"].label else []
    rules = [*RULES[:2], *first, "members_first_until", *RULES[3:]]
    return [
        Section("quoi", "Quoi", bound(form, ["activity", "title", "description", "to_bring"])),
        Section("quand", "Quand", rows=form.slots, one="un créneau", name="Créneau"),
        Section(
            "ou",
            "Où",
            bound(form, ["modality", "place_name", "address", "city", "department", "access", "online_url"]),
        ),
        Section("qui", "Qui anime", rows=form.roles, one="une personne", name="Personne"),
        _folding("programme", "Programme, heure par heure", form.agenda, "un temps", "Temps"),
        _folding("documents", "Documents joints", form.documents, "un document", "Document"),
        Section(
            "inscriptions",
            "Places et inscriptions",
            bound(form, ["capacity", "overbooking_percent", "opens_at", "closes_at"]),
        ),
        Section("regles", "Règles d’accès", bound(form, rules)),
        Section("questions", "Questions", bound(form, ["question_set"])),
    ]


def _folding(anchor: str, heading: str, rows: Any, one: str, name: str) -> Section:
    empty = not (rows.initial or rows.stands or (rows.is_bound and rows.total_form_count() > 1))
    return Section(anchor, heading, rows=rows, one=one, name=name, folded=empty)
