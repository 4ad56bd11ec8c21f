"""Beside each field of a session's form that differs: what somebody else saved meanwhile."""

from typing import TYPE_CHECKING

from django.utils.html import format_html

from common import moments
from events.domain.session_slots import stored_times
from events.domain.sessions import EDITABLE
from events.forms.rules import RulesForm
from events.forms.standing import in_words
from events.models import Session

if TYPE_CHECKING:
    from events.forms.session import SessionForm


def show_what_stands(form: "SessionForm", stored: Session) -> None:
    for name in EDITABLE:
        if getattr(stored, name) != getattr(form.instance, name):
            note_beside(form, name, in_words(stored, name))
    slots = stored_times(stored)
    if slots != sorted(form.times(), key=lambda slot: slot.starts_at):
        form.slots.stands = [
            moments.span(slot.starts_at, slot.ends_at) + (f" ({slot.label})" if slot.label else "")
            for slot in slots
        ]
    roles = list(stored.roles.all())
    lines = [form.line() for form in form.roles.kept()]
    if [(role.role, role.name) for role in roles] != [(line.role, line.name) for line in lines]:
        form.roles.stands = [str(role) for role in roles] or ["personne"]


def note_beside(form: RulesForm, name: str, text: str) -> None:
    """In the help, which a screen reader reads with the field."""
    field = form[name]
    field.help_text = format_html(
        '{} <span class="escale-stands">Enregistré entre-temps : <strong>{}</strong>.</span>',
        field.help_text,
        text,
    )
