// Shows a question when the answer that calls for it is given; without this script all are shown,
// each with its condition in words, and the server ignores what was not called for.
const questions = [...document.querySelectorAll("[data-shown-if]")];

function isGiven(question) {
  const { shownIf, shownAnswer } = question.dataset;
  return [...document.querySelectorAll(`[name="${shownIf}"]`)].some((field) => {
    if (field.disabled) return false;
    if (field.type !== "checkbox" && field.type !== "radio") return field.value === shownAnswer;
    return field.checked && (field.value === shownAnswer || field.value === "on");
  });
}

function refresh() {
  for (const question of questions) {
    const given = isGiven(question);
    question.hidden = !given;
    for (const field of question.querySelectorAll("input, select, textarea")) field.disabled = !given;
  }
}

document.addEventListener("change", refresh);
window.addEventListener("pageshow", refresh);
refresh();
