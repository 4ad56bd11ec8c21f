"""What to export: which people, which columns, which format."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from common import moments
from common.numbers import row_number
from events.access import Actor, coordinated_registrations, coordinated_sessions
from events.domain.export_columns import LABELS
from events.domain.exports import DEFAULTS, Export, FileType, What, export, offered
from events.forms.importing import ActivityChoiceField, own_activities
from events.forms.report import DayField
from events.models import ActivityPage, Registration, Session
from members.models import User

A_SESSION = "Choisissez une session de la liste."
A_COLUMN = "Choisissez des colonnes de la liste."
MAX_SELECTED = 5000


class SessionChoiceField(ActivityChoiceField):
    """One's own sessions, the latest first, named by their date."""

    def label_from_instance(self, session: Any) -> str:
        return f"{moments.short_day(session.starts_at)} · {session.title} · {session.activity.title}"


class ExportForm(forms.Form):
    """``selected`` are registrations chosen in a list: they stand for session, activity and period."""

    session = SessionChoiceField(
        queryset=Session.objects.none(),
        label="Une session",
        required=False,
        empty_label="Toutes celles du dispositif et de la période",
        error_messages={"invalid_choice": A_SESSION},
    )
    activity = ActivityChoiceField(
        queryset=ActivityPage.objects.none(),
        label="Ou un dispositif",
        required=False,
        empty_label="Tous les dispositifs",
        error_messages={"invalid_choice": "Choisissez un dispositif de la liste."},
    )
    since = DayField("Sessions du")
    until = DayField("Au")
    columns = forms.MultipleChoiceField(
        label="Colonnes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": A_COLUMN, "invalid_list": A_COLUMN},
        help_text="Le moins possible : ce qui n’est pas dans un fichier ne peut pas s’égarer.",
    )
    file_type = forms.ChoiceField(
        label="Format",
        choices=FileType.choices,
        initial=FileType.XLSX,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un format.", "invalid_choice": "Choisissez un format."},
    )

    def __init__(
        self, *args: Any, user: Actor, what: What, selected: QuerySet[Registration] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.what, self.selected = user, what, selected
        fields: dict[str, Any] = self.fields
        fields["session"].queryset = coordinated_sessions(user).order_by("-starts_at", "pk")
        fields["activity"].queryset = own_activities(user)
        fields["columns"].choices = [(code, LABELS[code]) for code in offered(what)]
        fields["columns"].initial = list(DEFAULTS[what])
        if selected is not None:
            for name in ("session", "activity", "since", "until"):
                del fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "La période finit avant de commencer.")
        return cleaned

    def deliver(self, *, by: User) -> Export:
        return export(
            registrations=self._registrations(),
            what=self.what,
            chosen=self.cleaned_data["columns"],
            file_type=FileType(self.cleaned_data["file_type"]),
            title=self._title(),
            by=by,
        )

    def _registrations(self) -> QuerySet[Registration]:
        if self.selected is not None:
            return self.selected
        found, cleaned = coordinated_registrations(self.user), self.cleaned_data
        if cleaned["session"]:
            return found.filter(session=cleaned["session"])
        if cleaned["activity"]:
            found = found.filter(session__activity=cleaned["activity"])
        if cleaned["since"]:
            found = found.filter(session__starts_at__date__gte=cleaned["since"])
        if cleaned["until"]:
            found = found.filter(session__starts_at__date__lte=cleaned["until"])
        return found

    def _title(self) -> str:
        if self.selected is not None:
            return "Sélection"
        cleaned = self.cleaned_data
        if session := cleaned["session"]:
            return f"{session.title}, {moments.day(session.starts_at)}"
        title = cleaned["activity"].title if cleaned["activity"] else "Tous les dispositifs"
        since = f", du {moments.date_text(cleaned['since'])}" if cleaned["since"] else ""
        until = f", au {moments.date_text(cleaned['until'])}" if cleaned["until"] else ""
        return f"{title}{since}{until.replace(', au', ' au') if since else until.replace('au', 'jusqu’au')}"


def numbers(text: str) -> list[int]:
    """« 4,8,15 » as it is written in an address; what is no number is left out."""
    written = map(row_number, text.split(","))
    return sorted({number for number in written if number is not None})[:MAX_SELECTED]
