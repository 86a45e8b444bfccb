// A submit that has been pressed says that it is busy and cannot be pressed again, until the page is shown anew.
// aria-disabled, not disabled: the button's name and value must still be sent, and the focus must stay.
// Nothing tells a page that its reader stopped the loading: after a while the button works again by itself. Pressed
// then for nothing it costs a second request, which the server answers as such; a dead button would cost what was typed.
const patience = 10_000;
const waiting = new WeakMap();

const rest = (form) => {
  clearTimeout(waiting.get(form));
  form.removeAttribute("data-sent");
  form.querySelectorAll("[data-once][aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector("[data-once]"); // a script that submits presses the first
  if (!button?.hasAttribute("data-once")) return;
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  if (event.defaultPrevented) return;
  form.setAttribute("data-sent", "");
  button.setAttribute("aria-disabled", "true");
  waiting.set(form, setTimeout(rest, patience, form));
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
