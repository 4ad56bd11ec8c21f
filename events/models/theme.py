"""What an activity is about: the words by which professionals filter."""

from django.db import models


class Theme(models.Model):
    """Thème: one short list for all organisations, kept by administrators."""

    name = models.CharField("thème", max_length=60, unique=True)
    slug = models.SlugField("identifiant", unique=True, max_length=60)

    class Meta:
        verbose_name = "thème"
        verbose_name_plural = "thèmes"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return None, None
