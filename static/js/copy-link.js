// Copies the text of a button's data-copy, and says so in the status beside it.
const say = (button, sentence) => {
  const status = button.parentElement.querySelector("[role=status]");
  if (status) status.textContent = sentence;
};

document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, "");
    requestAnimationFrame(() => say(button, button.dataset.said));
  });
});
