"""The rows of a session's form that only some sessions need: its programme, its documents."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.documents.widgets import AdminDocumentChooser

from common.moments import NBSP
from common.numbers import row_number
from events.access import Actor, choosable_documents
from events.domain.session_agenda import DESCRIPTION, ROOM, TITLE, AgendaLine
from events.domain.session_documents import MAX_DOCUMENTS, DocumentLine
from events.forms.inputs import A_DATE, A_YEAR, AN_HOUR, EARLIEST, LATEST, DateInput, TimeInput
from events.forms.rows import ROWS, BaseRows, RoleForm, moment_of
from events.models import AgendaItem, Session, SessionRole

BETWEEN = ";"


class AgendaForm(forms.Form):
    """One row: a talk, a workshop, a break. ``speakers`` are names of the rows that say who leads."""

    date = forms.DateField(
        label="Jour",
        widget=DateInput,
        error_messages={"invalid": A_DATE, "required": "Indiquez le jour."},
        validators=[MinValueValidator(EARLIEST, A_YEAR), MaxValueValidator(LATEST, A_YEAR)],
    )
    start = forms.TimeField(
        label="Début",
        widget=TimeInput,
        error_messages={"invalid": AN_HOUR, "required": "Indiquez l’heure de début."},
    )
    end = forms.TimeField(label="Fin", widget=TimeInput, required=False, error_messages={"invalid": AN_HOUR})
    title = forms.CharField(
        label="Intitulé", max_length=TITLE, error_messages={"required": "Indiquez un intitulé."}
    )
    room = forms.CharField(label="Salle", max_length=ROOM, required=False)
    speakers = forms.CharField(
        label="Avec",
        max_length=1000,
        required=False,
        help_text="Noms affichés de « Qui anime », séparés par « ; ».",
    )
    description = forms.CharField(
        label="En quelques mots",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[MaxLengthValidator(DESCRIPTION, f"Ce texte dépasse {DESCRIPTION} signes.")],
    )
    ranks: tuple[int, ...] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"date", "start"} - data.keys() or "end" not in data:
            return data
        if data["end"] and data["end"] <= data["start"]:
            self.add_error("end", "La fin précède le début.")
            return data
        data["starts_at"] = moment_of(self, "start", data["date"], data["start"])
        data["ends_at"] = moment_of(self, "end", data["date"], data["end"]) if data["end"] else None
        return data

    def find_people(self, known: dict[str, int | None]) -> bool:
        """Turn names into ranks; one that maps to None has just been removed. Says which one is unknown."""
        typed = [name for name in map(key_of, self.cleaned_data.get("speakers", "").split(BETWEEN)) if name]
        for name in typed:
            if name not in known:
                self.add_error(
                    "speakers",
                    f"«{NBSP}{name}{NBSP}» n’est pas parmi les personnes de «{NBSP}Qui anime{NBSP}».",
                )
        self.ranks = tuple(rank for name in typed if (rank := known.get(name)) is not None)
        return not self.errors

    def line(self) -> AgendaLine:
        data = self.cleaned_data
        return AgendaLine(
            data["starts_at"], data["title"], data["ends_at"], data["room"], data["description"], self.ranks
        )

    @staticmethod
    def initial_of(item: AgendaItem, labels: dict[int, str]) -> dict[str, Any]:
        start = timezone.localtime(item.starts_at)
        return {
            "date": start.date(),
            "start": start.time(),
            "end": timezone.localtime(item.ends_at).time() if item.ends_at else None,
            "title": item.title,
            "room": item.room,
            "speakers": f"{BETWEEN} ".join(labels[role.pk] for role in item.roles.all() if role.pk in labels),
            "description": item.description,
        }


class OwnDocumentChooser(AdminDocumentChooser):
    """Wagtail's chooser, that names no document but those of ``own``: what is typed may be any number."""

    own: QuerySet[Document] = Document.objects.none()

    def get_instance(self, value: Any) -> Document | None:
        number = value.pk if isinstance(value, Document) else row_number(value)
        return self.own.filter(pk=number).first() if number is not None else None


class DocumentField(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Document | None:
        """A number that no database holds is a wrong choice, not an error of ours."""
        if value and row_number(getattr(value, "pk", value)) is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class DocumentForm(forms.Form):
    document = DocumentField(
        Document.objects.none(),
        label="Document",
        error_messages={
            "required": "Choisissez un document.",
            "invalid_choice": "Choisissez un document de votre structure.",
        },
    )
    title = forms.CharField(
        label="Titre affiché", max_length=120, required=False, help_text="Vide : le titre du document."
    )

    def __init__(self, *args: Any, own: QuerySet[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = OwnDocumentChooser()
        widget.own = own
        self.fields["document"].widget = widget
        self.fields["document"].queryset = own  # type: ignore[attr-defined]

    def line(self) -> DocumentLine:
        return DocumentLine(self.cleaned_data["document"].pk, self.cleaned_data["title"])


def own_documents(user: Actor, attached: Sequence[int]) -> QuerySet[Document]:
    """What ``user`` may choose, and what is attached already."""
    return Document.objects.filter(Q(pk__in=choosable_documents(user).values("pk")) | Q(pk__in=attached))


def agenda_rows(session: Session) -> list[dict[str, Any]]:
    """What is stored, as the rows begin with it."""
    if not session.pk:
        return []
    labels = labels_of(list(session.roles.all()))
    return [AgendaForm.initial_of(item, labels) for item in session.agenda.prefetch_related("roles")]


def document_rows(session: Session) -> list[dict[str, Any]]:
    if not session.pk:
        return []
    return [{"document": one.document_id, "title": one.title} for one in session.documents.all()]


def labels_of(roles: Sequence[SessionRole]) -> dict[int, str]:
    """The name of each role; one who has several is told apart by the role."""
    names = [key_of(role.name) for role in roles]
    return {
        role.pk: role.name
        if names.count(key_of(role.name)) == 1
        else f"{role.name} ({role.get_role_display().lower()})"
        for role in roles
    }


def ranks_of(kept: Sequence[RoleForm], others: Sequence[RoleForm]) -> dict[str, int | None]:
    """By each name under which a row of « Qui anime » may be called: its rank, or None once removed."""
    known: dict[str, int | None] = {}
    for row in others:
        known[key_of(row.initial.get("name", ""))] = None
    for rank, row in enumerate(kept):
        line = row.line()
        role = str(SessionRole.Role(line.role).label).lower()
        known[f"{key_of(line.name)} ({role})"] = rank
    for rank, row in reversed(list(enumerate(kept))):
        if before := row.initial.get("name"):
            known[key_of(before)] = rank
    for rank, row in reversed(list(enumerate(kept))):
        known[key_of(row.line().name)] = rank
    return known


def key_of(name: str) -> str:
    return " ".join(name.split()).casefold()


AgendaRows = forms.formset_factory(AgendaForm, formset=BaseRows, extra=1, validate_max=True, **ROWS)
DocumentRows = forms.formset_factory(
    DocumentForm,
    formset=BaseRows,
    extra=1,
    validate_max=True,
    **{**ROWS, "max_num": MAX_DOCUMENTS},
)
