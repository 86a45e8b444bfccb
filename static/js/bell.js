// The bell's count stays current while its page is looked at: asked every few seconds, most answers being “as before”.
// A browser that is signed out or held out to a client gets no answer and asks no more until its page is shown again.
const every = 10_000;
const seldom = 300_000;
const bell = document.querySelector("[data-bell]");

if (bell) {
  const said = document.querySelector("[data-bell-said]");
  const title = document.title;
  let pause = every;
  let next = 0;
  let asking = false;

  const count = () => {
    const unread = Number(bell.dataset.unread);
    document.title = unread ? `(${unread}) ${title}` : title;
  };
  const show = (page) => {
    const fresh = page.querySelector("[data-bell]");
    const isNew = Number(fresh.dataset.newest) > Number(bell.dataset.newest);
    for (const name of ["tag", "unread", "newest"]) bell.dataset[name] = fresh.dataset[name];
    bell.replaceChildren(...fresh.childNodes);
    if (isNew) said.textContent = page.querySelector("p")?.textContent ?? "";
    count();
  };
  const wait = () => { next = document.hidden ? 0 : setTimeout(ask, pause); };
  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(next);
    try {
      const headers = { "If-None-Match": `W/"${bell.dataset.tag}"` };
      const answer = await fetch(bell.dataset.bell, { headers, redirect: "manual", cache: "no-store" });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      const busy = answer.status >= 500;
      pause = busy ? Math.min(2 * pause, seldom) : every;
      if (answer.ok || answer.status === 304 || busy) wait();
    } catch { // away for a moment
      pause = Math.min(2 * pause, seldom);
      wait();
    }
    asking = false;
  };

  count();
  wait();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(next);
    if (!document.hidden) ask();
  });
}
