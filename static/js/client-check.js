// Numbers of a client are checked while one types them, by the server that checks them again when they are sent:
// an error shows once the field is left or whole; a SIRET fills its SIREN; the VAT number of a SIREN is offered;
// clients that may be the same are shown.
const pause = 350;
const plain = (text) => text.replace(/\s/g, "");

const enhance = (form) => {
  const inputs = new Map([...form.querySelectorAll("[data-checked]")].map((input) => [input.name, input]));
  const similar = form.querySelector("[data-similar]");
  const left = new Set();
  let timer, asking;

  const errorOf = (input) => {
    const id = `${input.id}-error`;
    let error = document.getElementById(id);
    if (!error) {
      error = document.createElement("span");
      Object.assign(error, { id, className: "error", hidden: true });
      error.setAttribute("aria-live", "polite");
      input.before(error);
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    }
    return error;
  };
  const say = (input, sentence) => {
    const error = errorOf(input);
    error.textContent = sentence;
    error.hidden = !sentence;
    input.toggleAttribute("aria-invalid", Boolean(sentence));
    if (sentence) input.setAttribute("aria-invalid", "true");
    input.closest(".field").classList.toggle("wrong", Boolean(sentence));
  };
  const isDue = (input) => {
    const whole = Number(input.dataset.whole);
    return left.has(input.name) || input.hasAttribute("aria-invalid") || (whole && plain(input.value).length >= whole);
  };
  const offer = (input, found) => {
    input.parentElement.querySelector("[data-offered]")?.remove();
    if (!found) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button compact", textContent: found.textContent.trim() });
    button.dataset.offered = "";
    button.addEventListener("click", () => {
      input.value = found.dataset.value;
      button.remove();
      input.focus();
      ask();
    });
    input.before(button);
  };
  const show = (answer) => {
    inputs.forEach((input, name) => {
      if (!input.hasAttribute("data-number")) return;
      const sentence = answer.querySelector(`[data-error-of="${name}"]`)?.textContent.trim() ?? "";
      if (!sentence || isDue(input)) say(input, sentence);
      offer(input, answer.querySelector(`[data-offers="${name}"]`));
    });
    const fills = answer.querySelector("[data-fills]");
    const target = fills && inputs.get(fills.dataset.fills);
    if (target && !target.value.trim()) target.value = fills.dataset.value;
    similar?.replaceChildren(...(answer.querySelector("[data-similar]")?.childNodes ?? []));
  };
  const ask = async () => {
    clearTimeout(timer);
    asking?.abort();
    asking = new AbortController();
    const address = new URL(form.dataset.check, location.href);
    inputs.forEach((input, name) => address.searchParams.set(name, input.value.trim().slice(0, 300)));
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      if (error.name !== "AbortError") console.debug(error); // the server checks again when the form is sent
    }
  };

  inputs.forEach((input) => {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, pause);
    });
    input.addEventListener("change", () => {
      left.add(input.name);
      ask();
    });
  });
};

document.querySelectorAll("form[data-check]").forEach(enhance);
