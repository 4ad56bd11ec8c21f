// A word in braces, clicked, goes where the cursor is in the text. Without this the list is read and typed.
const text = document.getElementById("id_body");
if (text) {
  for (const word of document.querySelectorAll("[data-word]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word.dataset.word;
    button.setAttribute("aria-label", `Ajouter ${word.dataset.word} au texte`);
    button.addEventListener("click", () => {
      text.setRangeText(word.dataset.word, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
    word.replaceWith(button);
  }
}
