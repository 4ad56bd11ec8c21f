"""An administrator erases somebody who asked by mail: who and why, what will happen, then it is done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages

from common.errors import DomainError
from pages.domain import erasure
from pages.forms import ErasureForm
from pages.views.desk_administrators import AdministratorsView


class ErasureView(AdministratorsView):
    template_name = "pages/admin/erasure.html"
    page_title = "Effacer une personne"
    header_icon = "bin"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ErasureForm(label_suffix=""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ErasureForm(request.POST, label_suffix="")
        if not form.is_valid() or form.user is None:
            return self.page(form, status=422)
        if request.POST.get("etape") != "effacer":
            return self.page(form, plan=erasure.plan(user=form.user))
        try:
            erasure.erase(user=form.user, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            return self.page(form, plan=erasure.plan(user=form.user), status=422)
        messages.success(request, "C’est fait : ces données sont effacées, et la personne en est prévenue.")
        return redirect("erase_person")

    def page(self, form: ErasureForm, *, plan: erasure.Plan | None = None, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, plan=plan), status=status)
