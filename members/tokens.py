"""The link to a new password."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class TokenGenerator(PasswordResetTokenGenerator):
    """Django's, which holds the address too: allauth's would write a row for some addresses only."""
