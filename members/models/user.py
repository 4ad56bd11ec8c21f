"""A person who has an e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from common.prepared import Prepared
from members.emails import normalise_email
from members.professions import Civility, Profession


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)  # None: an unusable password, the usual case
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Asked at each visit of who is signed in: written once. Not for related managers."""
        pk = kwargs.get("pk")
        plain = type(self) is UserManager and not self._db
        if not plain or args or kwargs.keys() != {"pk"} or type(pk) is not int:
            return super().get(*args, **kwargs)
        found = ONE(pk)
        if not found:
            raise self.model.DoesNotExist
        return found[0]

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """Professionnel·le: anyone with an e-mail address; needs no password.

    What a person states at a registration is kept on that registration; these fields are what they
    stated first, and what they may change themselves once signed in. ``name_corrected_at`` is
    when they last did so for their name. ``calendar_version`` revokes the
    address of their personal calendar when it is raised, ``session_version`` ends their sessions in every
    browser; ``erased_at`` is set once nothing here names anybody any more.
    """

    email = models.EmailField("adresse e-mail", unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    profession = models.CharField("profession", max_length=16, choices=Profession, blank=True)
    civility = models.CharField("civilité", max_length=4, choices=Civility, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    is_staff = models.BooleanField("accède à l’administration", default=False)
    is_active = models.BooleanField("compte actif", default=True)
    date_joined = models.DateTimeField("connu depuis", default=timezone.now, editable=False)
    name_corrected_at = models.DateTimeField("nom corrigé le", null=True, blank=True, editable=False)
    calendar_version = models.PositiveIntegerField(default=1, editable=False)
    session_version = models.PositiveIntegerField(default=1, editable=False)
    erased_at = models.DateTimeField("effacé·e le", null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "professionnel·le"
        verbose_name_plural = "professionnel·les"
        ordering = ["last_name", "first_name", "pk"]
        indexes = [
            models.Index(
                fields=["erased_at", "id"], condition=models.Q(erased_at__isnull=False), name="user_erased"
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or ("Personne effacée" if self.erased_at else self.email)

    def clean(self) -> None:
        self.email = normalise_email(self.email)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session holds a copy of, and ends without: the password, and the sessions' version."""
        held = f"{self.password}:{self.session_version}"
        salt = "members.User.session_version"
        return salted_hmac(salt, held, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name

    def journal_place(self) -> tuple[None, None]:
        """A person is of no organisation: only administrators read what was done to an account."""
        return None, None

    def journal_title(self) -> str:
        """The journal is never rewritten: it tells of a number."""
        return f"Compte {self.pk}"


ONE = Prepared(lambda pk: User.objects.filter(pk=pk).order_by())
