"""What somebody who means harm, or a broken program, puts where a value is expected."""

from random import Random
from urllib.parse import quote, quote_from_bytes

# Of each sort one or two: a thousand of the same kind find no more than one.
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "9" * 20,
    "-" + "9" * 20,
    "2147483648",
    "9223372036854775808",
    "1e309",
    "NaN",
    "Infinity",
    "1_000",
    "٣",
    "²",
    "0x10",
    "true",
    "null",
    "undefined",
    "on",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2026-13-45T99:99",
    "31/02/2026",
    "25:61",
    "99999999999999",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udcff",
    "\u202eelacse",
    "\ufeff\u200b\u2028",
    "é" * 50,
    "e\u0301" * 30,
    "İıſK",
    "😀" * 20,
    "ﷺ" * 10,
    "'",
    '"',
    "' OR '1'='1",
    "1; DROP TABLE members_user; --",
    "1) UNION SELECT email FROM members_user --",
    "%",
    "_%\\",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}{% debug %}",
    "{0.__class__}%s%n",
    "javascript:alert(1)",
    "a\r\nSet-Cookie: pris=1\r\n\r\n<b>",
    "a\nBcc: x@example.org",
    "../../../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "//example.org/",
    "https:example.org",
    "=cmd|'/c calc'!A0",
    "a@b",
    "camille@example.org",
    "x" * 64 + "@" + "y" * 250 + ".org",
    "a@xn--" + "9" * 60 + ".org",
    '"a b"@example.org',
    "[]",
    "{}",
    '{"a": [1, {"b": null}]}',
    "[" * 200,
    "a,b,c",
    "1,2,,x",
    "-pk",
    "__class__",
    "user__password",
    "A" * 300,
    "A" * 6_000,
    "1\t2",
    "\x1b[31m",
    "%00",
    "%2e%2e%2f",
    "%c0%af",
    "%",
    "${jndi:ldap://127.0.0.1/a}",
    "`id`$(id)|id",
    "*)(uid=*",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
)
# Already escaped, and such as no decoder accepts.
RAW_PARTS = ("%00", "%ff", "%c3%28", "%ed%a0%80", "%f8%88%80%80%80", "..", "%2e%2e", ".", "%2f", "%5c", "%0d%0a", "%",
             "%zz", "%u0041", ";a=b", "%3f", "%23", "+", "~", "a%20b")  # fmt: skip
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Language", "Cookie",
    "Expect", "Forwarded", "Host", "HX-Boosted", "HX-Current-URL", "HX-History-Restore-Request", "HX-Prompt",
    "HX-Request", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "If-Match", "If-Modified-Since", "If-None-Match",
    "If-Unmodified-Since", "Origin", "Range", "Referer", "Sec-Fetch-Site", "User-Agent", "X-CSRFToken",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-HTTP-Method-Override",
    "X-Original-URL", "X-Requested-With", "X-Rewrite-URL", "X-Escale-Sheet", "DNT",
)  # fmt: skip
HEADER_VALUES = (
    "", "true", "XMLHttpRequest", "*/*;q=9", "application/json", "text/html;;;=", "gzip;q=NaN", "br", "bytes=0-",
    "bytes=9-1,-", "fr;q=a,\xff", "Basic x", "Bearer 1.2.3", "null", "https", "evil.example.org", "127.0.0.1:99999",
    "localhost", "[::1", "a b", "::ffff:1.2.3.4, unknown, 9.9.9.9", "999.1.1.1", "W/\"x\"", '"', "*",
    "Sun, 30 Feb 2026 25:61:61 GMT", "Mon, 01 Jan 99999 00:00:00 GMT", "9" * 400, "\xe9\xff", "100-continue",
    "sessionid=x; csrftoken=\x7f; sessionid=; =; a", "csrftoken=" + "z" * 64, "http://localhost:8000/%ff%00",
    "http://[", "{{7*7}}", "PUT",
)  # fmt: skip
QUERY_NAMES = (
    "q", "p", "page", "next", "ordering", "export", "id", "pk", "session", "activity", "organisation", "theme", "mois",
    "date", "du", "au", "from", "to", "year", "annee", "saison", "what", "user", "limit", "offset", "fields", "order",
    "child_of", "descendant_of", "type", "page_type", "collection_id", "tag", "search", "term", "locale", "format",
    "lieu", "departement", "profession", "theme", "jour", "vue", "state", "status", "role", "is_shown", "action_type",
    "timestamp_from", "created_at_0", "can_choose_root", "allow_external_link", "multiple", "prefill", "code",
)  # fmt: skip
FILES = (
    ("vide.png", "image/png", b""),
    ("image.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
    ("image.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("../../image.png", "image/png", b"GIF89a" + b"\xff" * 30),
    ("a\x00.php", "application/x-php", b"<?php phpinfo();"),
    ("é" * 200 + ".csv", "text/csv", "nom;prénom\n\xff;=1+1\n".encode("latin-1")),
    ("liste.csv", "text/csv", b'"' * 500),
    ("liste.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04" + b"\x00" * 60),
    ("faux.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj <<>> endobj"),
    ("", "", b"x"),
)  # fmt: skip
JSONS = (
    b"", b"{", b"null", b"[]", b"{}", b"[1,2,3]", b'"x"', b"1e999", b"\xff\xfe", b'{"a":"\\ud800"}', b"[" * 5_000,
    b'{"action":"publish","id":99999999999999999999}', b'{"marks":{"1":"present"},"x":[null]}', b'{"marks":[[]]}',
    b'[{"pk":"x","state":[],"was":{}}]', b'{"__proto__":{}}',
)  # fmt: skip


def text(random: Random) -> str:
    return random.choice(TEXTS)


def part(random: Random) -> str:
    """What may stand between two « / », escaped or not."""
    if random.random() < 0.3:
        return random.choice(RAW_PARTS)
    return escaped(random.choice(TEXTS))


def escaped(value: str) -> str:
    return quote_from_bytes(value.encode("utf-8", "surrogatepass"), safe="")


def query(random: Random, known: tuple[str, ...] = ()) -> str:
    """One to four parameters, some of them twice, some not even a pair."""
    pairs = []
    for _ in range(random.randint(1, 4)):
        name = (
            random.choice(known or QUERY_NAMES)
            if random.random() < 0.8
            else quote(text(random), errors="replace")
        )
        pairs.append(f"{name}={part(random)}" if random.random() < 0.95 else name)
    return "&".join(pairs)


def headers(random: Random) -> dict[str, str]:
    return {random.choice(HEADERS): random.choice(HEADER_VALUES) for _ in range(random.randint(1, 3))}
