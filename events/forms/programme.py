"""A programme as it is edited in the admin: its name and what it gathers."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import DomainError
from common.numbers import row_number
from common.versions import StaleError
from events.domain.programmes import save_programme
from events.forms.importing import own_activities
from events.models import ActivityPage, Programme
from members.access import coordinated_organisations
from members.models import User


class ActivitiesField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """A number that no database holds is a wrong choice, not an error of ours."""
        if any(row_number(each) is None for each in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, activity: ActivityPage) -> str:
        return f"{activity.title} · {activity.organisation.short_name}"


class ProgrammeForm(WagtailAdminModelForm):
    """Only one's own activities may be ticked; a programme stays where it was made."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    activities = ActivitiesField(
        queryset=ActivityPage.objects.none(),
        label="Dispositifs à réunir",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins un dispositif.",
            "invalid_choice": "Choisissez des dispositifs de la liste.",
            "invalid_pk_value": "Choisissez des dispositifs de la liste.",
        },
    )

    class Meta:
        model = Programme
        fields = ["name", "organisation", "activities"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["name"].error_messages["required"] = "Donnez un nom à ce programme."
        own = coordinated_organisations(self.for_user).order_by("name", "pk")
        first = list(own[:2])
        if self.instance.pk is None and len(first) == 1:
            self.instance.organisation = first[0]
        activities = own_activities(self.for_user)
        if self.instance.organisation_id is not None:
            del self.fields["organisation"]
            activities = activities.filter(organisation=self.instance.organisation_id)
        else:
            self.fields["organisation"].queryset = own
        self.fields["activities"].queryset = activities

    def save_programme(self, *, by: User) -> Programme:
        programme = self.save(commit=False)
        seen = (self.cleaned_data["version"] or 0) if programme.pk else None
        return save_programme(
            programme=programme, activities=self.cleaned_data["activities"], seen=seen, by=by
        )

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))
        if isinstance(error, StaleError):
            self._show_what_stands(error.stored)

    def _show_what_stands(self, stored: Any) -> None:
        """Beside each field what somebody else saved meanwhile; the next save is ours."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(stored.version)
        fresh = Programme.objects.get(pk=stored.pk)
        titles = fresh.activities.order_by("title", "pk").values_list("title", flat=True)
        self["name"].help_text = f"Enregistré entre-temps : « {fresh.name} »."
        self["activities"].help_text = f"Enregistré entre-temps : {', '.join(titles)}."
