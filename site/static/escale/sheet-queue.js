// What a phone keeps of one sheet until it is sent: marks with the state each replaces, people who arrived.
// No name is kept but those typed here; all of it goes when the sheet is closed or one signs out.
class SheetQueue {
  constructor({ slot, user, sync, state, token }) {
    Object.assign(this, { user, sync, state, token, key: `escale.sheet.${slot}`, busy: false });
  }

  static empty(user) {
    return { user, at: 0, saved: Date.now(), known: {}, marks: {}, arrivals: [], clashes: {} };
  }

  read() {
    if (this.memory) return structuredClone(this.memory);
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (kept && kept.user === this.user) return { ...SheetQueue.empty(this.user), ...kept };
    } catch { /* not ours, or no storage */ }
    return SheetQueue.empty(this.user);
  }

  write(change) {
    const kept = this.read();
    const result = change(kept);
    kept.saved = Date.now();
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      this.memory = kept;  // a browser that keeps nothing: it lasts as long as the page
    }
    return result;
  }

  forget() {
    this.memory = null;
    try { localStorage.removeItem(this.key); } catch { /* nothing is kept */ }
  }

  get waiting() {
    const kept = this.read();
    return Object.keys(kept.marks).length + kept.arrivals.filter((each) => !each.error).length;
  }

  // What the page shows counts if it was made after what the device last heard.
  meet(at, people) {
    this.write((kept) => { if (at >= kept.at) { kept.at = at; kept.known = people; } });
  }

  mark(registration, state, minutes) {
    this.write((kept) => {
      const [seen, seenMinutes] = kept.known[registration] || ["", null];
      if (state === seen && minutes === seenMinutes && !kept.sending) delete kept.marks[registration];
      else kept.marks[registration] = { registration, state, minutes, seen, seen_minutes: seenMinutes };
      delete kept.clashes[registration];
    });
  }

  arrive(arrival) {
    const key = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
    this.write((kept) => kept.arrivals.push({ key, ...arrival }));
  }

  drop(key) { this.write((kept) => { kept.arrivals = kept.arrivals.filter((each) => each.key !== key); }); }

  settle(registration) { this.write((kept) => { delete kept.clashes[registration]; }); }

  giveUp() { this.write((kept) => { kept.marks = {}; }); }

  // Sends what is kept, or asks what stands. Resolves to "sent", "offline", "signed-out" or "refused".
  // With `since`, the last change that is known here, one mark is answered by nothing more than the next one,
  // unless others noted something; `whole` asks how all of the sheet stands.
  async exchange({ whole = false } = {}) {
    if (this.busy) return "busy";
    this.busy = true;
    try {
      const kept = this.read();
      const marks = Object.values(kept.marks);
      const newcomers = kept.arrivals.filter((each) => !each.error);
      const sends = marks.length + newcomers.length > 0;
      const answer = await fetch(sends ? this.sync : this.state, {
        method: sends ? "POST" : "GET",
        headers: sends ? { "X-CSRFToken": this.token, "Content-Type": "application/json" } : {},
        body: sends ? JSON.stringify({ marks, newcomers, since: whole ? undefined : kept.since }) : undefined,
        redirect: "manual",
        cache: "no-store",
      });
      if (answer.type === "opaqueredirect" || [403, 404].includes(answer.status)) return "signed-out";
      if (![200, 400, 409].includes(answer.status)) return "offline";
      const said = await answer.json();
      this.error = said.error || "";
      if (said.closed) return "closed";
      if (answer.status !== 200) return "refused";
      this.take(said, marks, newcomers);
      return "sent";
    } catch {
      return "offline";
    } finally {
      this.busy = false;
    }
  }

  take(said, marks, newcomers) {
    this.write((kept) => {
      kept.at = said.at;
      kept.since = said.since;
      if (said.people) kept.known = said.people;
      for (const sent of marks) {
        if (!said.people) kept.known[sent.registration] = [sent.state, sent.minutes, Boolean(kept.known[sent.registration]?.[2])];
        const now = kept.marks[sent.registration];
        const stands = (said.conflicts || {})[sent.registration];
        if (stands !== undefined) {
          kept.clashes[sent.registration] = { mine: now || sent, stands };
          delete kept.marks[sent.registration];
        } else if (now && now.state === sent.state && now.minutes === sent.minutes) {
          delete kept.marks[sent.registration];
        } else if (now) {  // changed again while the first was on its way
          Object.assign(now, { seen: sent.state, seen_minutes: sent.minutes });
        }
      }
      for (const { key } of newcomers) {
        const done = said.newcomers[key] || {};
        const mine = kept.arrivals.find((each) => each.key === key);
        if (!mine) continue;
        if (done.error) mine.error = done.error;
        else kept.arrivals.splice(kept.arrivals.indexOf(mine), 1);
      }
    });
  }
}
