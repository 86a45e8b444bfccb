// One menu for all rows: it moves to the row whose button was pressed.
export const lineMenu = (template, act) => {
  const menu = template.content.firstElementChild.cloneNode(true);
  const close = () => {
    const from = menu.parentElement?.querySelector("[data-more]");
    menu.remove();
    from?.setAttribute("aria-expanded", "false");
    return from;
  };
  const open = (button) => {
    if (menu.parentElement === button.parentElement) return void close();
    close();
    const isItem = button.closest("tr").dataset.kind === "item"; // sections and notes have no price and are no option
    menu.querySelectorAll("[data-of-items]").forEach((each) => { each.hidden = !isItem; });
    button.after(menu);
    button.setAttribute("aria-expanded", "true");
    menu.querySelector("button").focus();
  };
  menu.addEventListener("click", (event) => {
    const name = event.target.dataset.act, row = menu.closest("tr");
    if (!name) return;
    close()?.focus();
    act(name, row);
  });
  menu.addEventListener("keydown", (event) => {
    const all = [...menu.querySelectorAll("li:not([hidden]) button")], place = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown") all[(place + 1) % all.length].focus();
    else if (event.key === "ArrowUp") all[(place - 1 + all.length) % all.length].focus();
    else if (event.key === "Escape") close()?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("click", (event) => { if (menu.isConnected && !menu.parentElement.contains(event.target)) close(); });
  return { open };
};
