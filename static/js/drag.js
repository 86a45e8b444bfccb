// Rows that are moved by their grip, with a mouse, a pen or a finger; keys do the same elsewhere.
export const draggable = (body, end, { block, foot, dropped }) => {
  body.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    const moving = block(grip.closest("tr")), home = moving.at(-1).nextElementSibling;
    const listening = new AbortController();
    event.preventDefault();
    grip.focus();
    moving.forEach((each) => each.classList.add("moving"));
    const over = (moved) => {
      if (moved.pointerId !== event.pointerId) return;
      const found = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("tr");
      const under = found?.matches(".conflict") ? found.previousElementSibling : found;
      if (!under || under.parentElement !== body || moving.includes(under)) return;
      const box = under.getBoundingClientRect();
      if (moved.clientY < box.top + box.height / 2 || under === end) under.before(...moving);
      else foot(under).after(...moving);
    };
    const leave = (cancelled) => {
      listening.abort();
      moving.forEach((each) => each.classList.remove("moving"));
      if (cancelled) home ? home.before(...moving) : body.append(...moving);
      grip.focus(); // a row that is put elsewhere loses it
      if (moving.at(-1).nextElementSibling !== home) dropped(moving, home);
    };
    // On the document: a grip that is put elsewhere loses its pointer.
    document.addEventListener("pointermove", over, listening);
    document.addEventListener("pointerup", () => leave(false), listening);
    document.addEventListener("pointercancel", () => leave(true), listening);
  });
};
