"""Public pages as a phone on a slow network loads them: the figures of a Lighthouse run, without Lighthouse.

A processor four times slower, 1.6 Mbit/s and 150 ms there and back, a fresh visitor for each page.
"""

import os
import shutil
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from tests.browser.conftest import PHONE, QUIET
from tests.browser.public_pages import PAGES, World, make_world
from tests.browser.test_public_pages import Visit

SHOWN = (
    "home",
    "organisation",
    "activity",
    "calendar",
    "session-open",
    "content",
    "verify",
    "sign-in",
    "past",
)
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
WATCH = """
window.seen = { lcp: 0, cls: 0, blocked: 0 };
const watch = (type, tell) =>
  new PerformanceObserver((list) => list.getEntries().forEach(tell)).observe({ type, buffered: true });
watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
"""


def phones() -> list[str]:
    cache.clear()
    world = make_world()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        url = f"http://127.0.0.1:{server.port}"
        lines = [_measured(browser, url, name, world) for name in SHOWN]
        browser.close()
    server.terminate()
    return lines


def _measured(browser: Any, url: str, name: str, world: World) -> str:
    visit = Visit(browser, url, viewport=PHONE)
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    visit.page.add_init_script(WATCH)
    PAGES[name](visit.page, world)
    visit.page.wait_for_timeout(1500)
    seen = visit.page.evaluate("window.seen")
    line = (
        f"{name:<13} {visit.weight() / 1000:5.1f} ko, {len(visit.answers):2} requêtes, "
        f"LCP {seen['lcp']:4.0f} ms, CLS {seen['cls']:.3f}, blocage {seen['blocked']:3.0f} ms"
    )
    visit.context.close()
    return line
