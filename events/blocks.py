"""The sessions of an activity or an organisation, in a page; and the body that every page is made of."""

from wagtail import blocks

from common.blocks import content_blocks

MOST_SESSIONS = 12


class SessionsBlock(blocks.StructBlock):
    """What is to come below a page; its template asks, so that models know nothing of access."""

    title = blocks.CharBlock(label="Titre", default="Prochaines dates", max_length=80)
    page = blocks.PageChooserBlock(
        ["events.ActivityPage", "pages.OrganisationPage"],
        label="Dispositif ou structure",
        required=False,
        help_text="Vide : les sessions de tout le site.",
    )
    number = blocks.IntegerBlock(label="Combien, au plus", default=3, min_value=1, max_value=MOST_SESSIONS)

    class Meta:
        icon = "date"
        label = "Sessions"
        template = "blocks/sessions.html"
        preview_value = {"title": "Prochaines dates", "page": None, "number": 2}
        description = "Les prochaines dates d’un dispositif ou d’une structure, toujours à jour."


def body_blocks() -> list[tuple[str, blocks.Block]]:
    return [*content_blocks(), ("sessions", SessionsBlock())]


# Each asks the database once: a page that lists everything four times says nothing.
BODY_COUNTS = {"sessions": {"max_num": 3}}
