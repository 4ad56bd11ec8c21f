"""The registration form as the coordination fills it in for somebody else."""

from typing import Any

from events.forms.questions import QuestionFields
from events.forms.registration import RegistrationForm
from events.models import Session
from members.models import Organisation
from members.professions import Profession


class PersonForm(QuestionFields, RegistrationForm):
    """Questions may stay unanswered, and nobody is asked to prove that they are human."""

    def __init__(self, *args: Any, organisation: Organisation, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, organisation=organisation, session=session, staff=True, **kwargs)
        del self.fields["website"]
        self.fields["email"].help_text = "La confirmation et le lien personnel y sont envoyés."
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.fields["is_member"].label = f"Adhérent·e de {organisation.short_name}"
        self.fields["profession"].required = False
        self.fields["profession"].choices = [("", "Non précisée"), *Profession.choices]
        self.fields["civility"].choices = [("", "Non précisée"), *self.fields["civility"].choices[1:]]
        for name in ("first_name", "last_name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def about_the_person(self) -> list[Any]:
        names = ("first_name", "last_name", "email", "profession", "is_member", "civility", "rpps")
        return [self[name] for name in names]
