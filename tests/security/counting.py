"""A process that counts in a cache of files, as a web worker does."""

import os
import sys

import django


def main(directory: str, times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["CACHE_URL"] = f"filecache://{directory}"
    django.setup()
    from common import limits

    limits.window = lambda _seconds: 0
    sys.stdout.write("prêt\n")
    sys.stdout.flush()
    sys.stdin.read(1)  # all begin together
    for _ in range(times):
        limits.count_text("camille@example.org", "essai", seconds=600)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
