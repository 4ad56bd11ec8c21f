// The sheet on a phone: each tap is kept here first, then sent; without this script one form does it all.
(() => {
  const form = document.querySelector("[data-sheet]");
  if (!form) return;
  const { slot, user, sync, state, worker, starts, ends, minutes } = form.dataset;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const queue = new SheetQueue({ slot, user, sync, state, token });
  const rows = new Map([...form.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  const part = (name) => form.querySelector(`[data-${name}]`);
  const typedName = form.querySelector("[name$=full_name]");
  const typedEmail = form.querySelector("[name$=email]");
  const status = part("status");
  const find = part("find");
  const whole = Number(minutes);
  let mood = "sent";

  const labels = Object.fromEntries([...form.querySelectorAll("[data-row]:first-of-type input[type=radio]")].map(
    (radio) => [radio.value, radio.closest("label").textContent.trim()]));
  const wordOf = ([mark, spent]) => (mark ? `«\u00a0${labels[mark]}${spent ? `, ${spent}\u00a0min` : ""}\u00a0»` : "sans pointage");
  const isPartial = (mark) => mark === "late" || mark === "left";
  const radioOf = (row, mark) => row.querySelector(`input[type=radio][value="${mark}"]`);
  const minutesOf = (row) => row.querySelector("[data-part] input");

  function told(row) {
    const mark = row.querySelector("input[type=radio]:checked")?.value || "";
    const typed = Number(minutesOf(row).value);
    const spent = isPartial(mark) && Number.isInteger(typed) && typed >= 1 && typed < whole ? typed : null;
    return [mark, spent];
  }

  // --- What is shown -------------------------------------------------------------------------
  function show() {
    const kept = queue.read();
    let marked = 0;
    for (const [registration, row] of rows) {
      const pending = kept.marks[registration];
      const known = kept.known[registration] || ["", null, false];
      const [mark, spent] = pending ? [pending.state, pending.minutes] : known;
      const radio = mark && radioOf(row, mark);
      if (radio) radio.checked = true;
      else row.querySelectorAll("input[type=radio]:checked").forEach((each) => { each.checked = false; });
      if (minutesOf(row) !== document.activeElement && !row.querySelector("[data-wrong]")) minutesOf(row).value = spent ?? "";
      row.querySelector("[data-seen]").value = known[1] === null ? known[0] : `${known[0]}:${known[1]}`;
      row.classList.toggle("unmarked", !mark);
      row.classList.toggle("kept", Boolean(pending));
      row.querySelectorAll("[data-signed]").forEach((each) => { each.hidden = !known[2]; });
      showClash(row, kept.clashes[registration]);
      if (mark) marked += 1;
    }
    part("count").textContent = String(marked);
    showArrivals(kept.arrivals);
    showMood();
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet small";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function showClash(row, clash) {
    const said = JSON.stringify(clash || "");
    let box = row.querySelector(".clash");
    if (box?.dataset.said === said) return;
    box?.remove();
    if (!clash) return;
    const { mine, stands } = clash;
    const { registration } = mine;
    box = document.createElement("div");
    box.className = "clash notice warn";
    box.dataset.said = said;
    box.setAttribute("role", "alert");
    const words = document.createElement("p");
    const own = [mine.state, mine.minutes];
    words.textContent = stands
      ? `Noté entre-temps ailleurs\u00a0: ${wordOf(stands)}. Vous aviez noté ${wordOf(own)}.`
      : "N’est plus confirmé·e à cette session\u00a0: votre pointage n’est pas enregistré.";
    const keep = button(stands ? `Garder ${wordOf(stands)}` : "J’ai lu", () => { queue.settle(registration); show(); });
    box.append(words, keep);
    if (stands) box.append(button(`Noter ${wordOf(own)}`, () => { queue.mark(registration, ...own); show(); send(); }));
    row.append(box);
  }

  function showArrivals(arrivals) {
    const list = part("arrivals");
    list.hidden = !arrivals.length;
    list.querySelector("ul").replaceChildren(...arrivals.map((each) => {
      const line = document.createElement("li");
      const who = document.createElement("span");
      const name = document.createElement("strong");
      name.textContent = each.full_name;
      const said = document.createElement("span");
      said.className = each.error ? "refused" : "meta";
      said.textContent = each.error ? ` ${each.error}` : " Présent·e, à envoyer";
      who.append(name, said);
      line.append(who);
      if (each.error) {
        line.append(button("Reprendre", () => {
          queue.drop(each.key);
          typedName.value = each.full_name;
          typedEmail.value = each.email;
          part("newcomer").open = true;
          typedName.focus();
          show();
        }));
      }
      return line;
    }));
  }

  const several = (number, one, many) => `${number}\u00a0${number > 1 ? many : one}`;

  function showMood() {
    const waiting = queue.waiting;
    const kept = several(waiting, "pointage gardé", "pointages gardés");
    const words = {
      sent: waiting ? "Envoi…" : "Tout est enregistré.",
      offline: waiting ? `Pas de réseau\u00a0: ${kept} sur cet appareil.` : "Pas de réseau\u00a0: pointez, tout sera gardé ici.",
      "signed-out": `Votre connexion a expiré${waiting ? `\u00a0; ${kept} sur cet appareil` : ""}.`,
      refused: queue.error,
      changed: "La liste a changé.",
    };
    status.dataset.mood = mood === "sent" && waiting ? "busy" : mood;
    const text = status.querySelector("[data-status-text]");
    if (text.textContent !== words[mood]) text.textContent = words[mood];
    part("again").hidden = !["signed-out", "changed"].includes(mood);
    part("give-up").hidden = mood !== "refused" || !waiting;
    form.classList.toggle("offline", mood === "offline");
  }

  // --- What is sent --------------------------------------------------------------------------
  let later;
  function soon() { clearTimeout(later); later = setTimeout(send, 350); }

  async function send({ whole = false } = {}) {
    const came = await queue.exchange({ whole });
    if (came === "busy") soon();
    else if (came === "closed") closed();
    else take(came);
    return came;
  }

  function take(came) {
    mood = came;
    if (came === "sent" && peopleChanged()) {
      if (!queue.waiting && !isTyping() && !form.querySelector(".clash")) return location.reload();
      mood = "changed";
    }
    show();
    if (came === "sent" && queue.waiting) soon();
  }

  const isTyping = () => Boolean(typedName.value || typedEmail.value || find.querySelector("input").value);

  function peopleChanged() {
    const known = Object.keys(queue.read().known);
    return known.length !== rows.size || known.some((each) => !rows.has(each));
  }

  // The page that follows says what this device could not send.
  function closed() {
    if (!queue.waiting) queue.forget();
    navigator.serviceWorker?.controller?.postMessage({ forget: [location.pathname] });
    location.reload();
  }

  // --- What is tapped ------------------------------------------------------------------------
  // Minutes that cannot be are said and kept nowhere: without any, the whole slot counts.
  function isWrong(row, mark) {
    const input = minutesOf(row);
    const wrong = isPartial(mark) && !input.validity.valid;
    row.querySelector("[data-wrong]")?.remove();
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (!wrong) return false;
    const said = document.createElement("p");
    said.className = "errorlist";
    said.dataset.wrong = "";
    said.setAttribute("role", "alert");
    said.textContent = `Les minutes de présence vont de 1 à ${whole}, la durée du créneau. Rien n’est noté tant qu’elles n’y sont pas.`;
    row.append(said);
    return true;
  }

  function changed(row) {
    const [mark, spent] = told(row);
    if (!mark || isWrong(row, mark)) return;
    queue.mark(Number(row.dataset.row), mark, spent);
    show();
    soon();
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    if (event.target.type === "radio") {
      if (!isPartial(event.target.value)) minutesOf(row).value = "";
      else offer(row);
    }
    changed(row);
  });

  // One tap more says how much somebody missed.
  function offer(row) {
    const box = row.querySelector("[data-part] [data-chips]");
    const mark = row.querySelector("input:checked").value;
    const words = document.createElement("span");
    words.className = "meta";
    words.textContent = mark === "late" ? "Retard de" : "Parti·e plus tôt de";
    box.replaceChildren(words);
    const choose = (spent) => { minutesOf(row).value = spent; changed(row); };
    const now = Date.now();
    if (now > Number(starts) && now < Number(ends)) {
      const spent = Math.round((mark === "late" ? Number(ends) - now : now - Number(starts)) / 60000);
      if (spent >= 1 && spent < whole) box.append(button("À l’instant", () => choose(spent)));
    }
    const missed = [10, 15, 30, 60].filter((each) => each < whole);
    box.append(...missed.map((each) => button(each < 60 ? `${each}\u00a0min` : "1\u00a0h", () => choose(whole - each))));
  }

  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if (pressed.name === "tous") {
      for (const [registration, row] of rows) {
        if (row.classList.contains("unmarked")) queue.mark(Number(registration), "present", null);
      }
    } else if (pressed.name === "registration") {
      queue.arrive({ waiting: Number(pressed.value), full_name: pressed.dataset.name, email: "", profession: "" });
      pressed.closest("li").hidden = true;
    } else if (pressed.matches("[data-add]")) {
      addNewcomer();
    } else if (pressed.matches("[data-again]")) {
      return location.reload();
    } else if (pressed.matches("[data-give-up]")) {
      queue.giveUp();
      mood = "sent";
    } else if (pressed.name !== "clore" && pressed.type === "submit") {
      // Saving by hand: what is kept goes now.
    } else return;
    event.preventDefault();
    show();
    send();
  });

  function addNewcomer() {
    const said = part("newcomer-said");
    const wrong = typedName.value.trim().split(/\s+/).length < 2 ? [typedName, "Tapez le prénom, puis le nom."]
      : !/^\S+@\S+\.\S+$/.test(typedEmail.value.trim()) ? [typedEmail, "Tapez une adresse e-mail, par exemple prenom@exemple.fr."] : null;
    said.textContent = wrong ? wrong[1] : "";
    if (wrong) {
      wrong[0].focus();
      return;
    }
    const profession = part("newcomer").querySelector("select").value;
    queue.arrive({ full_name: typedName.value.trim(), email: typedEmail.value.trim(), profession });
    typedName.value = typedEmail.value = "";
  }

  form.querySelector(".add").addEventListener("click", () => {
    part("newcomer").open = true;
    typedName.focus();
  });

  // A signature is drawn on a page of its own, which needs the network.
  form.addEventListener("click", (event) => {
    if (!event.target.closest(".sign a") || mood !== "offline") return;
    event.preventDefault();
    status.querySelector("[data-status-text]").textContent = "La signature demande le réseau\u00a0: pointez d’abord, faites signer ensuite.";
  });

  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "clore" || (!queue.waiting && mood === "sent")) return;
    event.preventDefault();
    // What another exchange is still sending, or had begun without the last taps, is waited for.
    while ((await send()) === "busy") await new Promise((next) => { setTimeout(next, 100); });
    if (!queue.waiting && mood === "sent") form.requestSubmit(event.submitter);
    else status.scrollIntoView({ block: "nearest" });
  });

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  find.querySelector("input").addEventListener("input", (event) => {
    const words = folded(event.target.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of rows.values()) {
      const name = folded(row.querySelector("legend").textContent);
      row.hidden = !words.every((word) => name.includes(word));
      if (!row.hidden) found += 1;
    }
    part("nobody").hidden = found > 0 || !words.length;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });

  // --- Beginning -----------------------------------------------------------------------------
  const shown = [...rows].map(([registration, row]) => {
    const [mark, spent] = row.querySelector("[data-seen]").value.split(":");
    return [registration, [mark, spent ? Number(spent) : null, !row.querySelector("[data-signed]")?.hidden && Boolean(row.querySelector("[data-signed]"))]];
  });
  queue.meet(Number(form.dataset.at), Object.fromEntries(shown));
  find.hidden = status.hidden = false;
  form.classList.add("live");
  show();
  for (const row of rows.values()) if (isPartial(told(row)[0])) offer(row);
  send();
  addEventListener("online", send);
  addEventListener("offline", () => { mood = "offline"; show(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  // Often while something waits to leave, seldom to hear of others.
  let beats = 0;
  setInterval(() => {
    beats += 1;
    const whole = beats % 4 === 0;
    if (!document.hidden && mood !== "signed-out" && (queue.waiting || whole)) send({ whole });
  }, 2000);

  if ("serviceWorker" in navigator) {
    const first = !navigator.serviceWorker.controller;
    navigator.serviceWorker.register(worker).then(() => navigator.serviceWorker.ready).then(({ active }) => {
      if (!first) return;
      const assets = performance.getEntriesByType("resource").map(({ name }) => name);
      const own = assets.filter((name) => name.startsWith(`${location.origin}/static/`));
      active.postMessage({ keep: [location.href, ...new Set(own)] });
    }).catch(() => {});
  }
})();
