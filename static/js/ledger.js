// Forms edited at length: Ctrl+S saves the one that is being typed in, and leaving one unsaved asks first.
const forms = [...document.querySelectorAll("form[data-ledger]")];
const changed = new Set();

forms.forEach((form) => {
  if ("lines" in form.dataset) return; // saves itself, row by row
  form.addEventListener("input", () => changed.add(form));
  form.addEventListener("submit", () => changed.delete(form));
});
addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });
// One listener for all: two forms sent at once lose what was typed in one of them.
addEventListener("keydown", (event) => {
  if (!forms.length || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  const form = forms.find((each) => each.contains(document.activeElement)) ?? forms.find((each) => changed.has(each));
  form?.requestSubmit(form.querySelector("[data-save]"));
});
