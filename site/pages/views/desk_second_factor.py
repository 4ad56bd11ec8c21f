"""An administrator takes away the second factor that somebody lost, after making sure of who is asking."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from wagtail.admin import messages

from common.errors import DomainError
from members.domain.second_factor import can_use_second_factor
from members.models import User
from pages.domain.accounts import remove_second_factor
from pages.views.desk_administrators import AdministratorsView


class IdentityForm(forms.Form):
    checked = forms.BooleanField(
        label="J’ai vérifié que c’est bien cette personne qui le demande",
        help_text="De vive voix, à un numéro que vous connaissiez déjà. Un e-mail ne prouve rien.",
        error_messages={"required": "Vérifiez d’abord qui le demande."},
    )


class RemoveSecondFactorView(AdministratorsView):
    template_name = "pages/admin/second_factor.html"
    page_title = "Retirer un deuxième facteur"
    header_icon = "key"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(get_object_or_404(User, pk=pk), IdentityForm(label_suffix=""))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user, form = get_object_or_404(User, pk=pk), IdentityForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.page(user, form, status=422)
        try:
            remove_second_factor(user=user, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error(None, str(error))
            return self.page(user, form, status=422)
        messages.success(request, f"{user} en choisira un autre ; un courriel l’en prévient.")
        return redirect("wagtailusers_users:index")

    def page(self, user: User, form: IdentityForm, *, status: int = 200) -> HttpResponse:
        context = {"person": user, "form": form, "has_one": can_use_second_factor(user)}
        return self.render_to_response(self.get_context_data(**context), status=status)
