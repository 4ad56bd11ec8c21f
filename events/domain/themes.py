"""Themes: one short list for all organisations, which administrators keep."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from wagtail.log_actions import log

from common.errors import DomainError
from common.folding import fold
from events.models import Theme
from members.models import User

# What a new installation begins with.
STARTING = (
    "Bien-être au travail",
    "Repérer et orienter",
    "Organisation de l’exercice",
    "Pratiques cliniques",
    "Violences et sécurité",
    "Rencontrer ses pairs",
)
LONGEST_SLUG = 60
TAKEN = "Un thème porte déjà ce nom."


def save_theme(*, theme: Theme, by: User | None) -> Theme:
    """Create ``theme`` or rename it. Its address stays what it was: links to it are kept elsewhere."""
    theme.name = " ".join(theme.name.split())
    if not theme.name:
        raise DomainError("Donnez un nom à ce thème.", field="name")
    with transaction.atomic():
        others = Theme.objects.exclude(pk=theme.pk).values_list("name", flat=True)
        if fold(theme.name) in map(fold, others):  # « écoute » is « Écoute »
            raise DomainError(TAKEN, field="name")
        created = theme.pk is None
        if not theme.slug:
            theme.slug = _free_slug(theme.name)
        try:
            with transaction.atomic():
                theme.save()
        except IntegrityError as error:  # two administrators at once
            raise DomainError(TAKEN, field="name") from error
        action = "escale.create_theme" if created else "escale.edit_theme"
        log(instance=theme, action=action, user=by, data={"name": theme.name})
    return theme


def delete_theme(*, theme: Theme, by: User | None) -> None:
    """Refused while an activity is about it."""
    with transaction.atomic():
        held = Theme.objects.select_for_update(no_key=True, of=("self",)).get(pk=theme.pk)
        used = held.activities.count()  # type: ignore[attr-defined]
        if used:
            several = "s" if used > 1 else ""
            raise DomainError(
                f"{used} dispositif{several} en parle{'nt' if several else ''} : ce thème reste."
            )
        log(instance=held, action="escale.delete_theme", user=by, data={"name": held.name})
        held.delete()


def add_starting_themes(*, by: User | None) -> int:
    """Only where there is none yet; returns how many were added."""
    with transaction.atomic():
        if Theme.objects.exists():
            return 0
        for name in STARTING:
            save_theme(theme=Theme(name=name), by=by)
    return len(STARTING)


def _free_slug(name: str) -> str:
    wanted = slugify(name.replace("’", " "))[:LONGEST_SLUG] or "theme"
    taken = set(Theme.objects.filter(slug__startswith=wanted[:50]).values_list("slug", flat=True))
    numbered = (f"{wanted[: LONGEST_SLUG - 4]}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)
