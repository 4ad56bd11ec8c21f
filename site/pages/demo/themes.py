"""What the demo's activities are about."""

from events.domain.themes import add_starting_themes
from events.models import Theme
from pages.demo.loading import activity, administrator

THEMES = {
    "cafe-des-soignants": ("Bien-être au travail", "Rencontrer ses pairs"),
    "accueil-nouveaux-soignants": ("Organisation de l’exercice", "Rencontrer ses pairs"),
    "veilleur-guetteur": ("Repérer et orienter",),
    "risques-professionnels": ("Violences et sécurité", "Bien-être au travail"),
    "journee-annuelle": ("Bien-être au travail", "Rencontrer ses pairs"),
    "formation-leader": ("Repérer et orienter", "Organisation de l’exercice"),
    "reperer-la-detresse": ("Repérer et orienter",),
    "sante-experience": ("Pratiques cliniques",),
}


def load_themes() -> int:
    """The starting list, then what each activity is about; one that says so already is left alone."""
    made = add_starting_themes(by=administrator())
    for slug, names in THEMES.items():
        page = activity(slug).specific
        if page.themes.exists():
            continue
        page.themes.set(Theme.objects.filter(name__in=names))
        page.save_revision(user=administrator()).publish(user=administrator())
        made += 1
    return made
