// Long work is watched without reloading. The first page asks again by itself, for readers without scripts: with them
// it makes way for one that does not.
const every = 1000;

document.querySelectorAll("[data-progress]").forEach((box) => {
  const here = new URL(location.href);
  if (!here.searchParams.has("live")) {
    here.searchParams.set("live", "");
    return location.replace(here);
  }
  here.searchParams.delete("live");
  const over = here.href; // whoever came for the file still does
  const status = box.parentElement.querySelector("[role=status]");
  let quarter = 0;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 404) return location.reload(); // signed out
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* away for a moment: ask again */ }
    setTimeout(ask, every);
  };
  const show = (page) => {
    if (page.querySelector("[data-over]")) return location.replace(over);
    box.replaceChildren(...page.body.children);
    const bar = box.querySelector("progress[value]");
    const reached = bar ? Math.floor(4 * bar.position) : 0;
    if (status && reached > quarter) status.textContent = bar.labels[0]?.textContent ?? ""; // four times, not each second
    quarter = reached;
  };
  setTimeout(ask, every);
});
