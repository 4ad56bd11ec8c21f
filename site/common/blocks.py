"""StreamField blocks that know no activity."""

from wagtail import blocks


class FigureBlock(blocks.StructBlock):
    """A figure of the real world; its page states date and source."""

    value = blocks.CharBlock(label="Chiffre", max_length=12)
    label = blocks.CharBlock(label="Ce qu'il compte", max_length=80)

    class Meta:
        icon = "order"
        label = "Chiffre"
