"""The coordinator's part of the Wagtail admin: interface layer, wired by ``events.wagtail_hooks``."""
