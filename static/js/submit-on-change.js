// A choice that is an act in itself: changing it presses its form's button, which hides.
document.querySelectorAll("[data-submit-on-change]").forEach((control) => {
  const button = control.form?.querySelector("[data-instead]");
  if (button) button.hidden = true;
  control.addEventListener("change", () => control.form.requestSubmit(button ?? undefined));
});
