"""One-line controls are written as Django's templates write them."""

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


def test_what_is_not_plain_is_left_to_django() -> None:
    choices = [("a", "A"), ("b", "B")]
    for widget in (forms.Select(choices=choices), forms.Textarea(), forms.RadioSelect(choices=choices)):
        assert widget.render("n", "a", {}, renderer=ShortRenderer()) == widget.render(
            "n", "a", {}, renderer=TemplatesSetting()
        )
