"""Beside each field of a session's form that differs: what somebody else saved meanwhile."""

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html

from common import moments
from events.domain.session_agenda import stored_agenda
from events.domain.session_documents import stored_documents
from events.domain.session_slots import stored_times
from events.domain.sessions import EDITABLE
from events.forms.rules import RulesForm
from events.forms.standing import NOTHING, in_words
from events.models import Session, SessionRole

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
    if [_said(role) for role in roles] != [_said(line) for line in lines]:
        form.roles.stands = [_person(role) for role in roles] or ["personne"]
    agenda = stored_agenda(stored)
    if agenda != sorted((row.line() for row in form.agenda.kept()), key=lambda line: line.starts_at):
        form.agenda.stands = [f"{line.title}, {moments.short_moment(line.starts_at)}" for line in agenda] or [
            NOTHING
        ]
    if stored_documents(stored) != [row.line() for row in form.documents.kept()]:
        documents = stored.documents.select_related("document")
        form.documents.stands = [one.title or one.document.title for one in documents] or [NOTHING]


def _said(one: Any) -> tuple[str, str, str, str]:
    return one.role, one.name, one.presentation, one.disclosure


def _person(role: SessionRole) -> str:
    return " · ".join(part for part in (str(role), role.presentation, role.disclosure) if part)


def note_beside(form: RulesForm, name: str, text: str) -> None:
    """In the help, which a screen reader reads with the field."""
    field = form[name]
    field.help_text = format_html(
        '{} <span class="escale-stands">Enregistré entre-temps : <strong>{}</strong>.</span>',
        field.help_text,
        text,
    )
