"""The admin's menu as a coordinator reads it: the year's work first, then what is looked up now and then."""

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from events.admin.policies import coordinates

# Names of entries, ours and Wagtail's, in their order; the others keep their place after them.
ORDER = [
    "sessions",
    "dispositifs",
    "inscriptions",
    "messages",
    "suivi",
    "questions",
    "explorer",
    "images",
    "documents",
    "structures",
]
FOLLOW_UP = [
    "bilan",
    "avis",
    "questionnaires",
    "attestations",
    "modeles",
    "export",
    "accords",
    "import",
    "programmes",
    "journal",
    "integrer",
]


class CoordinatorMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return coordinates(request.user)  # type: ignore[arg-type]


class Shown(Menu):
    """Holds entries that were asked already whether they show: asking again costs a query each."""

    def menu_items_for_request(self, request: HttpRequest) -> list[MenuItem]:
        return list(self.registered_menu_items)


def entries() -> list[MenuItem]:
    """Those that no viewset registers, for whom the report is shown to."""
    return [
        MenuItem("Dispositifs", reverse("activities"), name="dispositifs", icon_name="snippet"),
        MenuItem("Avis", reverse("survey_results"), name="avis", icon_name="comment"),
        MenuItem("Exporter", reverse("export"), name="export", icon_name="download"),
        MenuItem("Journal", reverse("journal"), name="journal", icon_name="history"),
        MenuItem("Intégrer à votre site", reverse("embedding"), name="integrer", icon_name="code"),
    ]


def arrange(request: HttpRequest, items: list[MenuItem]) -> None:
    """Group what follows the year up, and put the entries in order."""
    names = {item.name: item for item in items}
    if "bilan" in names:  # asked once of the database: whoever sees it coordinates
        names |= {item.name: item for item in entries() if item.name not in names}
    inside = [names.pop(name) for name in FOLLOW_UP if name in names]
    for position, item in enumerate(inside):
        item.order = position
    if inside:
        names["suivi"] = SubmenuMenuItem(
            "Bilan et suivi", Shown(items=inside), name="suivi", icon_name="clipboard-list"
        )
    for position, name in enumerate(ORDER):
        if name in names:
            names[name].order = 100 + position
    items[:] = list(names.values())
