"""Writing to some people of a session: whom, subject, text."""

from typing import Any

from django import forms

from events.domain import mailings
from events.models import Registration, Session


class MailingForm(forms.Form):
    """Groups and persons add up; an address that comes twice counts once."""

    groups = forms.MultipleChoiceField(label="Groupes", required=False, widget=forms.CheckboxSelectMultiple)
    registrations = forms.MultipleChoiceField(
        label="Personnes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une de ces personnes n’est pas inscrite à cette session."},
    )
    subject = forms.CharField(label="Objet", max_length=160, error_messages={"required": "Indiquez l’objet."})
    body = forms.CharField(
        label="Texte",
        max_length=5000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "aria-describedby": "mots"}),
        error_messages={"required": "Écrivez le texte."},
    )
    once = forms.RegexField("^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = mailings.people_of(session)
        self.groups_of = mailings.groups(self.people)
        self.fields["groups"].choices = [
            (code, f"{mailings.GROUPS[code]} ({len(members)})")
            for code, members in self.groups_of.items()
            if members
        ]
        self.fields["registrations"].choices = [
            (str(one.pk), f"{one.last_name} {one.first_name}, {one.get_state_display().lower()}")
            for one in self.people
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not {"groups", "registrations"} <= data.keys():
            return data
        chosen = {int(pk) for pk in data["registrations"]}
        for code in data["groups"]:
            chosen |= {one.pk for one in self.groups_of[code]}
        data["chosen"] = mailings.addressees([one for one in self.people if one.pk in chosen])
        if not data["chosen"]:
            self.add_error("groups", mailings.NOBODY)
        return data

    @property
    def chosen(self) -> list[Registration]:
        return self.cleaned_data["chosen"]
