"""What forms share that know no activity."""

from django import forms

from common.errors import DomainError


class RefusableForm(forms.Form):
    """A form that can show what the domain said, once it was found valid."""

    def refuse(self, error: DomainError) -> None:
        """Beside its field when the sentence names one, else above the form."""
        self.add_error(error.field if error.field in self.fields else None, str(error))
