// A frame to sign in with a finger or a pen; without this script one types one's name.
for (const pad of document.querySelectorAll("[data-signature]")) {
  const canvas = pad.querySelector("canvas");
  const field = pad.closest("form").querySelector("[name=strokes]");
  const pen = canvas.getContext("2d");
  const FRAME = 1000;
  const CLOSE = 4;
  const MOST = 5800;
  let lines = [];
  let line = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = (value) => Math.max(0, Math.min(FRAME, Math.round((value / box.width) * FRAME)));
    return [at(event.clientX - box.left), at(event.clientY - box.top)];
  };

  function draw() {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    pen.scale((width * scale) / FRAME, (width * scale) / FRAME);
    pen.lineWidth = 7;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const points of lines) {
      pen.beginPath();
      pen.moveTo(points[0], points[1]);
      if (points.length === 2) pen.lineTo(points[0] + 1, points[1]);
      for (let at = 2; at < points.length; at += 2) pen.lineTo(points[at], points[at + 1]);
      pen.stroke();
    }
  }

  function done() {
    field.value = lines.length ? JSON.stringify(lines) : "";
    pad.classList.toggle("signed", lines.length > 0);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || lines.flat().length > MOST || lines.length > 98) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    line = place(event);
    lines.push(line);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!line || lines.flat().length > MOST) return;
    for (const each of event.getCoalescedEvents?.() || [event]) {
      const [x, y] = place(each);
      if (Math.hypot(x - line.at(-2), y - line.at(-1)) >= CLOSE) line.push(x, y);
    }
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { line = null; done(); });
  pad.querySelector("[data-signature-clear]").addEventListener("click", () => { lines = []; done(); draw(); });

  try { lines = JSON.parse(field.value || "[]"); } catch { lines = []; }
  if (!Array.isArray(lines)) lines = [];
  pad.hidden = false;
  done();
  draw();
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
