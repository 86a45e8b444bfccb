// A text field that offers what it may become (ARIA combobox with a listbox). The server answers with the options.
const pause = 150;

const enhance = (input) => {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? input.getAttribute("aria-label") ?? "");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  const target = input.parentElement.querySelector("input[type=hidden]");
  let timer, asking, chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  // The field is done with: neither a question that waits nor an answer under way may open the list again.
  const leave = () => {
    clearTimeout(timer);
    asking?.abort();
    close();
  };
  const point = (index) => {
    const all = options();
    if (!all.length) return;
    chosen = (index + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (option) => {
    if (option.dataset.href) return location.assign(option.dataset.href);
    input.value = option.dataset.text ?? option.textContent.trim();
    if (target) target.value = option.dataset.value ?? "";
    leave();
    input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: option.dataset }));
    if (input.hasAttribute("data-submit")) input.form.requestSubmit();
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(input.dataset.source, location.href);
    address.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) return close();
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[role=option]");
      list.replaceChildren(...found);
      options().forEach((option, place) => { option.id ||= `${list.id}-${place}`; });
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    if (target) target.value = "";
    clearTimeout(timer);
    if (input.value.trim()) timer = setTimeout(ask, pause);
    else leave();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) return void ask();
    if (event.key === "Escape" && list.hidden) return leave();
    if (list.hidden) return;
    if (event.key === "ArrowDown") point(chosen + 1);
    else if (event.key === "ArrowUp") point(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the input
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", leave);
};

document.querySelectorAll("input[data-source]").forEach(enhance);
