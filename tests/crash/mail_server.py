"""A mail server in a process of its own: writes down each mail that it takes, before it says so.

``python -m tests.crash.mail_server PORT FILE``; knows nothing of Django, so that it starts at once.
"""

import asyncio
import logging
import os
import sys
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP

ANSWERS_AFTER = 0.05  # so that a worker is killed between the mail and its answer, too


class Writing:
    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        mail = message_from_bytes(envelope.content)
        os.write(self.file, f"{mail['Message-ID']} {' '.join(envelope.rcpt_tos)}\n".encode())
        await asyncio.sleep(ANSWERS_AFTER)
        return "250 OK"


async def serve(port: int, path: str) -> None:
    handler = Writing(path)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="localhost"), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
