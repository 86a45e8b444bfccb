// A submit that has been pressed says that it is busy and cannot be pressed again, until the page is shown anew.
// aria-disabled, not disabled: the button's name and value must still be sent, and the focus must stay.
const rest = (form) => {
  form.removeAttribute("data-sent");
  form.querySelectorAll("[data-once][aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
};

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.hasAttribute("data-once")) return;
  const form = event.target;
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  if (event.defaultPrevented) return;
  form.setAttribute("data-sent", "");
  button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
