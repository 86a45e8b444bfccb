// Two keys that work on every page: / goes to the search field, n opens the menu of what is new. Nothing while one types,
// and nothing at all once they are switched off under Your account (WCAG 2.1.4).
const stored = "accord-shortcuts";
const isOff = () => { try { return localStorage.getItem(stored) === "off"; } catch { return false; } };
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const isShown = (element) => element?.checkVisibility?.() ?? Boolean(element?.offsetParent);

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || isOff()) return;
  if (event.key === "/") {
    const fields = [...document.querySelectorAll("[data-shortcut='/']")];
    const field = fields.find(isShown);
    if (!field) return;
    event.preventDefault();
    if (field.matches("a")) return void field.click();
    field.focus();
    field.select();
  } else if (event.key === "n") {
    const menu = document.querySelector("details[data-shortcut='n']");
    if (!menu) return;
    event.preventDefault();
    menu.open = !menu.open;
    (menu.open ? menu.querySelector("a") : menu.querySelector("summary"))?.focus();
  }
});

document.querySelectorAll("[data-shortcut-switch]").forEach((part) => {
  part.hidden = false;
  const box = part.querySelector("input");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try { localStorage.setItem(stored, box.checked ? "on" : "off"); } catch { box.checked = true; }
  });
});
