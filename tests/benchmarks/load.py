"""Visitors in processes of their own; they know nothing of Django, so that they start at once."""

import http.client
import multiprocessing
import statistics
import time

CLIENTS, PROCESSES, SECONDS, ROUNDS = 4, 4, 2.0, 3


def get(client: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    client.request("GET", path, headers={"Host": "localhost", **headers})
    answer = client.getresponse()
    answer.read()
    return answer.status


def per_second(port: int, path: str, headers: dict[str, str]) -> float:
    """The median of rounds."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        ask = [(port, path, headers)] * PROCESSES
        pool.starmap(_visits, ask)  # every server process has made the page
        return statistics.median(sum(pool.starmap(_visits, ask)) for _ in range(ROUNDS))


def _visits(port: int, path: str, headers: dict[str, str]) -> float:
    clients = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(CLIENTS)]
    count, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < SECONDS:
        for client in clients:
            assert get(client, path, headers) == 200
            count += 1
    return count / (time.perf_counter() - begin)
