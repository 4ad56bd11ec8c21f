"""A set of questions as it is edited in the admin, with its questions below one another."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import DomainError
from events.domain.questions import mistakes, save_question_set
from events.models import Question, QuestionSet
from members.access import coordinated_organisations
from members.models import User

PLACEHOLDER = "Végétarien\nSans porc\nSans gluten"


class QuestionSetForm(WagtailAdminModelForm):
    """The domain's sentences stand beside the question that they are about."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        own = coordinated_organisations(self.for_user).order_by("name", "pk")
        self._settle_organisation(list(own[:2]))
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = own
        self.stands: list[Question] = []

    def _settle_organisation(self, own: list[Any]) -> None:
        """A set stays where it was made, and who coordinates one organisation is not asked which."""
        if self.instance.pk is None and len(own) == 1:
            self.instance.organisation = own[0]
        if self.instance.organisation_id is not None:
            del self.fields["organisation"]

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if not valid:
            return False
        lines = self.formsets["questions"].ordered_forms
        for place, error in mistakes([line.instance for line in lines]):
            lines[place].add_error(error.field, str(error))
            valid = False
        return valid

    def save_set(self, *, by: User) -> QuestionSet:
        question_set = self.save(commit=False)
        seen = self.cleaned_data["version"] if question_set.pk else None
        return save_question_set(question_set=question_set, seen=seen, by=by)

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def show_what_stands(self, stored: QuestionSet) -> None:
        """Somebody else saved meanwhile: their questions beside ours, and the next save is ours."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(stored.version)
        fresh = QuestionSet.objects.get(pk=stored.pk)
        if fresh.name != self.cleaned_data.get("name"):
            self.fields["name"].help_text = f"Enregistré entre-temps : « {fresh.name} »."
        self.stands = list(fresh.questions.order_by("sort_order", "pk"))
