// Keeps the open sheets that this phone has shown, so that they open again without a network, for half a day.
// A sheet that is closed, or that one may not see any more, is forgotten as soon as the server says so.
const KEPT = "escale-emargement-1";
const HALF_A_DAY = 12 * 3600 * 1000;
const PATIENCE = 4000;
const SHEET = /^\/emargement\/[0-9]+\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), sweep()])));

self.addEventListener("message", (event) => {
  const { keep = [], forget = [] } = event.data || {};
  event.waitUntil(Promise.allSettled([
    ...keep.map((url) => fetch(url, { redirect: "manual" }).then((answer) => store(url, answer))),
    ...forget.map((url) => caches.open(KEPT).then((kept) => kept.delete(new URL(url, self.location).pathname))),
  ]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && SHEET.test(url.pathname)) event.respondWith(sheet(event, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event, url));
});

async function sheet(event, url) {
  const network = fetch(event.request).then((answer) => {
    event.waitUntil(store(url, answer.clone()));
    return answer;
  });
  const kept = await find(url);
  if (!kept) return network.catch(() => alone());
  return Promise.race([
    network.then((answer) => (answer.status < 500 ? answer : kept), () => kept), // a server in trouble is no network
    new Promise((resolve) => setTimeout(resolve, PATIENCE, kept)),
  ]);
}

async function asset(event, url) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(store(url, answer.clone()));
    return answer.status < 500 ? answer : (await find(url)) || answer;
  } catch {
    return (await find(url)) || Response.error();
  }
}

// A sheet is found again by its address alone; a redirection to sign in comes here too, and forgets it.
async function store(address, answer) {
  const { pathname } = new URL(address, self.location);
  const kept = await caches.open(KEPT);
  const isSheet = SHEET.test(pathname);
  const good = answer.ok && !answer.redirected && (!isSheet || answer.headers.get("X-Escale-Sheet") === "open");
  if (!good) return answer.status < 500 && isSheet ? kept.delete(pathname) : undefined;
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  const { status, statusText } = answer;
  return kept.put(pathname, new Response(await answer.blob(), { status, statusText, headers }));
}

async function find({ pathname }) {
  const kept = await (await caches.open(KEPT)).match(pathname);
  return kept && !isOld(kept) ? kept : undefined;
}

const isOld = (kept) => Date.now() - Number(kept.headers.get("X-Kept-At")) > HALF_A_DAY;

async function sweep() {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    if (isOld(await kept.match(request))) await kept.delete(request);
  }
}

function alone() {
  const page = `<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Sans réseau · Escale</title><h1>Pas de réseau</h1>
    <p>Cette feuille n’a pas été ouverte sur cet appareil. Revenez quand le réseau est là, ou notez sur papier.</p>
    <p><a href="">Réessayer</a></p></html>`;
  return new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}
