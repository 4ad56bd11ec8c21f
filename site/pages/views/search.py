"""Searching the whole site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.public import public_page
from pages.domain.searching import search_site
from pages.forms import SearchForm


@require_safe
@public_page
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.text()
    return render(request, "pages/search.html", {"text": text, "answer": search_site(text)})
