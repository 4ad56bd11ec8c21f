"""Numbers as French says them, in every template."""

import pytest
from django.template import Context, Template

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "place"),
        (1, "place"),
        (1.5, "place"),
        (2, "places"),
        ("2", "places"),
        ([], "place"),
        ([1, 2], "places"),
    ],
)
def test_the_plural_begins_at_two(value: object, said: str) -> None:
    assert Template("place{{ value|pluralize }}").render(Context({"value": value})) == said


def test_endings_may_be_chosen() -> None:
    template = Template('créneau{{ n|pluralize:"x" }} chev{{ n|pluralize:"al,aux" }}')
    assert template.render(Context({"n": 0})) == "créneau cheval"
    assert template.render(Context({"n": 3})) == "créneaux chevaux"
