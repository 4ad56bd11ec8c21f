"""One-line controls and lists of choices are written as Django's templates write them."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from common.form_renderer import ShortRenderer

pytestmark = pytest.mark.one_engine
ATTRS = {"id": 'a"b', "required": True, "disabled": False, "data-x": "<&>", "maxlength": 12, "x": None}


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput,
        forms.EmailInput,
        forms.NumberInput,
        forms.URLInput,
        forms.HiddenInput,
        forms.CheckboxInput,
    ],
)
@pytest.mark.parametrize("value", [None, "", "d’<b>\"'&", mark_safe("&amp;"), 7, 1234567, True, False])
def test_they_say_the_same(widget: type[forms.Widget], value: Any) -> None:
    written = [
        widget(attrs={"class": "<c>"}).render("nom<", value, ATTRS, renderer=renderer())
        for renderer in (ShortRenderer, TemplatesSetting)
    ]
    assert written[0].strip() == written[1].strip()


CHOICES: Any = [
    ("", "Choisissez…"),
    ('a"<', "d’<b>&"),
    (mark_safe("&amp;"), mark_safe("<i>sûr</i>")),
    (7, 1234567),
    (True, "vrai"),
    ("Groupe <&", [("g1", "Un"), ("g2", "Deux")]),
    (None, "Rien"),
]


@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
@pytest.mark.parametrize("value", [None, "", 'a"<', 7, "g2", True])
def test_lists_say_the_same(widget: type[forms.Select], value: Any) -> None:
    kwargs = {} if widget is forms.NullBooleanSelect else {"choices": CHOICES}
    value = [value] if widget is forms.SelectMultiple else value
    written = [
        re.sub(r"\s*\n\s*", "", widget(attrs={"class": "<c>"}, **kwargs).render("n<", value, ATTRS, each()))
        for each in (ShortRenderer, TemplatesSetting)
    ]
    assert written[0] == written[1]


class Coloured(forms.Select):
    option_template_name = "django/forms/widgets/checkbox_option.html"


def test_what_is_not_plain_is_left_to_django() -> None:
    choices = [("a", "A"), ("b", "B")]
    for widget in (Coloured(choices=choices), forms.Textarea(), forms.RadioSelect(choices=choices)):
        assert widget.render("n", "a", {}, renderer=ShortRenderer()) == widget.render(
            "n", "a", {}, renderer=TemplatesSetting()
        )
