"""The upload form of an import: which activity, which file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from common.errors import DomainError
from common.numbers import row_number
from events.access import Actor, coordinated_activities
from events.domain.imports import check_size
from events.models import ActivityPage


class ActivityChoiceField(forms.ModelChoiceField):
    """Activities of one's own organisations, named with their organisation."""

    def to_python(self, value: Any) -> ActivityPage | None:
        """A number that no database holds is a wrong choice, not an error of ours."""
        typed = str(value or "")
        if typed and row_number(typed) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)

    def label_from_instance(self, activity: ActivityPage) -> str:
        return f"{activity.title} · {activity.organisation.short_name}"


def own_activities(user: Actor) -> Any:
    return coordinated_activities(user).select_related("organisation").order_by("title", "pk")


class ImportForm(forms.Form):
    activity = ActivityChoiceField(
        queryset=ActivityPage.objects.none(),
        label="Dispositif",
        empty_label="Choisir…",
        error_messages={
            "required": "Choisissez le dispositif dont c’est l’historique.",
            "invalid_choice": "Choisissez un dispositif de la liste.",
        },
    )
    file = forms.FileField(
        label="Tableau",
        help_text="CSV d’Excel ou .xlsx, 5 Mo et 20 000 lignes au plus.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        max_length=200,
        error_messages={
            "required": "Choisissez le tableau à importer.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez le tableau à importer.",
            "max_length": "Le nom de ce fichier est trop long : renommez-le.",
        },
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = own_activities(user)  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(file.size or 0)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from None
        return file
