"""StreamField blocks that know no activity: what a page may be composed of."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.rich_text import RichText

PROSE = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]
PLAIN = ["bold", "italic", "ol", "ul", "link"]


def prose(html: str) -> list[tuple[str, RichText]]:
    """A body of one text, for pages that code writes."""
    return [("text", RichText(html))] if html else []


class FigureBlock(blocks.StructBlock):
    """A figure of the real world; its page states date and source."""

    value = blocks.CharBlock(label="Chiffre", max_length=12)
    label = blocks.CharBlock(label="Ce qu’il compte", max_length=80)

    class Meta:
        icon = "order"
        label = "Chiffre"


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = "Texte"
        template = "blocks/text.html"
        preview_value = RichText(
            "<h2>Comment cela se passe</h2><p>Une petite salle, une douzaine de personnes. Ce qui se dit au "
            "Café reste au Café.</p><ul><li>Rien à préparer</li><li>Rien à apporter</li></ul>"
        )
        description = "Des paragraphes, des intertitres, des listes, des liens."


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label="Image")
    caption = blocks.CharBlock(label="Légende", required=False, max_length=160)
    credit = blocks.CharBlock(label="Crédit", required=False, max_length=80)

    class Meta:
        icon = "image"
        label = "Image"
        template = "blocks/picture.html"
        preview_value = {"image": None, "caption": "La salle du Café, un soir de novembre.", "credit": "CPTS"}
        description = (
            "Une image avec ce qu’elle montre, ou marquée décorative. Une seule par page, si possible."
        )


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label="Citation", max_length=400, rows=3)
    who = blocks.CharBlock(
        label="Qui le dit", max_length=120, help_text="Prénom et métier, titre et date d’un rapport…"
    )
    url = blocks.URLBlock(label="Lien vers la source", required=False)

    class Meta:
        icon = "openquote"
        label = "Citation"
        template = "blocks/quote.html"
        preview_value = {
            "text": "Je suis venue pour souffler. Je suis repartie avec trois numéros de collègues.",
            "who": "Camille, infirmière",
            "url": "",
        }
        description = "Une phrase de quelqu’un, et qui l’a dite."


class SourcedFigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label="Chiffre", max_length=12)
    label = blocks.CharBlock(label="Ce qu’il compte", max_length=120)
    source = blocks.CharBlock(label="Source", max_length=160, help_text="Qui le dit, et où.")
    date = blocks.DateBlock(label="Date du chiffre")

    class Meta:
        icon = "order"
        label = "Chiffre"
        template = "blocks/figure.html"
        preview_value = {
            "value": "151",
            "label": "participations la première année",
            "source": "Café des Soignants, CPTS Grand Havre",
            "date": None,
        }
        description = "Un chiffre, avec sa source et sa date : l’une et l’autre sont demandées."


class CallBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre", max_length=80)
    text = blocks.CharBlock(label="En une phrase", required=False, max_length=200)
    button = blocks.CharBlock(label="Texte du bouton", max_length=40)
    page = blocks.PageChooserBlock(label="Page du site", required=False)
    url = blocks.URLBlock(label="Ou adresse", required=False)

    class Meta:
        icon = "pick"
        label = "Appel à l’action"
        template = "blocks/call.html"
        preview_value = {
            "title": "Et si vous veniez jeudi ?",
            "text": "Il reste quelques places pour l’atelier de sophrologie.",
            "button": "Voir les dates",
            "page": None,
            "url": "https://example.org/",
        }
        description = "Une invitation et un bouton, vers une page du site ou une adresse."

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and bool(cleaned.get("page")) == bool(cleaned.get("url")):
            sentence = "Choisissez une page du site ou écrivez une adresse, l’une des deux."
            raise StructBlockValidationError(block_errors={"url": ValidationError(sentence)})
        return cleaned


class PersonBlock(blocks.StructBlock):
    name = blocks.CharBlock(label="Nom affiché", max_length=80)
    role = blocks.CharBlock(label="Rôle", required=False, max_length=120)
    picture = ImageChooserBlock(label="Portrait", required=False)

    class Meta:
        icon = "user"
        label = "Personne"


class PeopleBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre", required=False, max_length=80)
    people = blocks.ListBlock(PersonBlock(), label="Personnes", min_num=1, max_num=24)

    class Meta:
        icon = "group"
        label = "Personnes"
        template = "blocks/people.html"
        preview_value = {
            "title": "Qui vous accueille",
            "people": [
                {"name": "Camille Martin", "role": "Sage-femme, coordination", "picture": None},
                {"name": "Alex Morel", "role": "Kinésithérapeute", "picture": None},
            ],
        }
        description = "Qui anime, qui coordonne. Avec leur accord, et sans numéro personnel."


class FilesBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre", required=False, max_length=80)
    files = blocks.ListBlock(DocumentChooserBlock(), label="Documents", min_num=1, max_num=12)

    class Meta:
        icon = "doc-full"
        label = "Documents"
        template = "blocks/files.html"
        preview_template = "blocks/preview_files.html"
        description = "Des documents à télécharger ; leur type et leur taille sont dits."


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label="Question", max_length=160)
    answer = blocks.RichTextBlock(label="Réponse", features=PLAIN)

    class Meta:
        icon = "help"
        label = "Question"


class FaqBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre", required=False, max_length=80)
    questions = blocks.ListBlock(QuestionBlock(), label="Questions", min_num=1, max_num=20)

    class Meta:
        icon = "help"
        label = "Questions fréquentes"
        template = "blocks/faq.html"
        preview_value = {
            "title": "Vos questions",
            "questions": [
                {
                    "question": "Faut-il être adhérent·e ?",
                    "answer": RichText("<p>Non. Venez comme vous êtes.</p>"),
                },
                {"question": "Et si je ne peux plus venir ?", "answer": RichText("<p>Un clic suffit.</p>")},
            ],
        }
        description = "Des questions qui se déplient, et leurs réponses."


class ResourceBlock(blocks.StructBlock):
    """A door elsewhere: we point to it, we keep no trace of who goes through."""

    title = blocks.CharBlock(label="Nom", max_length=100)
    audience = blocks.CharBlock(label="Pour qui", required=False, max_length=120)
    text = blocks.TextBlock(label="Ce que l’on y trouve", max_length=400, rows=3)
    when = blocks.CharBlock(
        label="Quand", required=False, max_length=80, help_text="Jour et nuit, en semaine…"
    )
    free = blocks.BooleanBlock(label="Gratuit", required=False)
    url = blocks.URLBlock(label="Site", required=False)
    phone = blocks.RegexBlock(
        r"^[0-9 +.]{2,20}$",
        label="Téléphone du service",
        required=False,
        help_text="Celui d’un service, jamais d’une personne.",
        error_messages={"invalid": "Écrivez des chiffres, par exemple 0608 282 589."},
    )
    email = blocks.EmailBlock(label="E-mail du service", required=False)

    class Meta:
        icon = "link-external"
        label = "Ressource"
        template = "blocks/resource.html"
        preview_value = {
            "title": "Ligne d’écoute de MOTS",
            "audience": "Tous les soignants, et ceux qui s’inquiètent pour l’un d’eux",
            "text": "Un médecin formé vous écoute et cherche avec vous une issue.",
            "when": "Jour et nuit",
            "free": False,
            "url": "",
            "phone": "0608 282 589",
            "email": "",
        }
        description = "Un service d’ailleurs : pour qui, quoi, et comment le joindre."

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not any(cleaned.get(way) for way in ("url", "phone", "email")):
            sentence = "Dites comment joindre ce service : site, téléphone ou e-mail."
            raise StructBlockValidationError(block_errors={"url": ValidationError(sentence)})
        return cleaned


def content_blocks() -> list[tuple[str, blocks.Block]]:
    return [
        ("text", TextBlock(features=PROSE)),
        ("picture", PictureBlock()),
        ("quote", QuoteBlock()),
        ("figure", SourcedFigureBlock()),
        ("call", CallBlock()),
        ("people", PeopleBlock()),
        ("files", FilesBlock()),
        ("faq", FaqBlock()),
        ("resource", ResourceBlock()),
    ]
