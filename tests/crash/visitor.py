"""Somebody at a browser, again and again: the form's page, the form, the answer; the acknowledged are noted.

``python -m tests.crash.visitor PORT NAME FOLDER SESSION…`` until FOLDER/stop exists; knows nothing of Django.
Whoever gets no answer, because the server's process was killed, tries again as a person would.
"""

import http.client
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
COOKIE = re.compile(r"csrftoken=([^;]+)")
NO_ANSWER = (OSError, http.client.HTTPException)


class RefusedError(Exception):
    """The server answered something else than what a visitor hopes for."""


def ask(
    client: http.client.HTTPConnection, method: str, path: str, body: str = "", cookie: str = ""
) -> tuple[http.client.HTTPResponse, str]:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{client.port}",
    }
    client.request(method, path, body or None, headers | ({"Cookie": cookie} if cookie else {}))
    answer = client.getresponse()
    return answer, answer.read().decode()


def register(port: int, session: str, email: str) -> None:
    """Returns once the registration is acknowledged: a redirection to its outcome."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        page, text = ask(client, "GET", f"/sessions/{session}/")
        token = TOKEN.search(text)
        cookie = COOKIE.search(page.headers.get("Set-Cookie", ""))
        if page.status != 200 or not token or not cookie:
            raise RefusedError(page.status)
        form = {
            "csrfmiddlewaretoken": token[1],
            "first_name": "Camille",
            "last_name": "Martin",
            "email": email,
            "profession": "60",
        }
        answer, text = ask(
            client, "POST", f"/sessions/{session}/inscription/", urlencode(form), f"csrftoken={cookie[1]}"
        )
        if answer.status != 302:
            raise RefusedError(answer.status)
    finally:
        client.close()


def main(port: int, name: str, folder: Path, sessions: list[str]) -> None:
    number, retried, refused = 0, 0, []
    with (folder / f"acknowledged-{name}").open("a", buffering=1) as acknowledged:
        while not (folder / "stop").exists():
            session, email = sessions[number % len(sessions)], f"{name}-{number}@example.org"
            try:
                register(port, session, email)
            except NO_ANSWER:
                retried += 1
                time.sleep(0.1)
                continue
            except RefusedError as error:
                refused.append(str(error))
                if len(refused) > 1000:
                    break
            else:
                acknowledged.write(f"{session} {email}\n")
            number += 1
    (folder / f"told-{name}").write_text(f"{retried} {' '.join(refused)}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
