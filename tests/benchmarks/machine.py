"""What the figures were measured on."""

import os
import platform
from pathlib import Path

import django
from django.db.backends.base.base import BaseDatabaseWrapper


def description(connection: BaseDatabaseWrapper) -> str:
    version = ".".join(str(part) for part in connection.get_database_version())
    load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
    return (
        f"{connection.display_name} {version} · {_processor()} × {os.cpu_count()} · {_memory()} · "
        f"{platform.system()} {platform.release()} · Python {platform.python_version()} · "
        f"Django {django.__version__} · charge {load}"
    )


def _processor() -> str:
    return _field("/proc/cpuinfo", "model name") or platform.machine()


def _memory() -> str:
    kilobytes = _field("/proc/meminfo", "MemTotal").split(" ")[0]
    return f"{int(kilobytes) / 2**20:.0f} Gio" if kilobytes else "mémoire inconnue"


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")
