"""A set of questions as it is edited in the admin, with its questions below one another."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import DomainError
from events.domain import questionnaire_editing, questions
from events.models import Questionnaire, QuestionSet
from members.access import coordinated_organisations
from members.models import User

PLACEHOLDER = "Végétarien\nSans porc\nSans gluten"


class AskedForm(WagtailAdminModelForm):
    """The domain's sentences stand beside the question that they are about."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        super().__init__(_without_ghosts(data, instance) if data else data, *args, **kwargs)
        self.initial["version"] = self.instance.version
        own = coordinated_organisations(self.for_user).order_by("name", "pk")
        self._settle_organisation(list(own[:2]))
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = own
        self.stored_name = ""
        self.stands: list[Any] = []

    def mistakes(self, asked: Sequence[Any]) -> list[tuple[int, DomainError]]:
        raise NotImplementedError

    def save_set(self, *, by: User) -> Any:
        raise NotImplementedError

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
        for place, error in self.mistakes([line.instance for line in lines]):
            lines[place].add_error(error.field, str(error))
            valid = False
        return valid

    @property
    def seen(self) -> int | None:
        """The version that was shown; one that says nothing is nobody's."""
        if self.instance.pk is None:
            return None
        sent = self.data.get(self.add_prefix("version"), "")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else 0

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def show_what_stands(self, stored: Any) -> None:
        """Somebody else saved meanwhile: their questions beside ours, and the next save is ours."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(stored.version)
        fresh = type(stored).objects.get(pk=stored.pk)
        self.stored_name = fresh.name
        self.stands = list(fresh.questions.order_by("sort_order", "pk"))


class QuestionSetForm(AskedForm):
    def mistakes(self, asked: Sequence[Any]) -> list[tuple[int, DomainError]]:
        return questions.mistakes(asked)

    def save_set(self, *, by: User) -> QuestionSet:
        return questions.save_question_set(question_set=self.save(commit=False), seen=self.seen, by=by)


class QuestionnaireForm(AskedForm):
    def mistakes(self, asked: Sequence[Any]) -> list[tuple[int, DomainError]]:
        return questionnaire_editing.mistakes(asked)

    def save_set(self, *, by: User) -> Questionnaire:
        saved = self.save(commit=False)
        return questionnaire_editing.save_questionnaire(questionnaire=saved, seen=self.seen, by=by)


def _without_ghosts(data: QueryDict, instance: Any) -> QueryDict:
    """A question that somebody else removed meanwhile comes back as a new one: the form goes on."""
    known = {str(each.pk) for each in instance.questions.all()} if instance else set()
    kept = data.copy()
    for name in data:
        if name.startswith("questions-") and name.endswith("-id") and data[name] not in known:
            kept[name] = ""
    return kept
