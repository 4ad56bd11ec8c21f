"""What the certificates app adds to the Wagtail admin."""

from wagtail import hooks

from certificates import admin

hooks.register("escale_session_parts", admin.of_session)
hooks.register("escale_registration_parts", admin.of_registration)
