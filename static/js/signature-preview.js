// The name as it will be signed, while one types it.
document.querySelectorAll("[data-signature-of]").forEach((box) => {
  const input = document.getElementById(box.dataset.signatureOf);
  const draw = () => {
    const name = input.value.trim();
    box.firstElementChild.textContent = name;
    box.setAttribute("aria-label", box.dataset.says.replace("{}", name));
  };
  input?.addEventListener("input", draw);
  if (input) addEventListener("pageshow", draw);
});
