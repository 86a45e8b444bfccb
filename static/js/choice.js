// The client's choice, recalculated as it is made: the server adds up, the page shows it and keeps it in its address.
const form = document.querySelector("form[data-choice]");
// A page that says that a quantity cannot be had came for the whole form and has no way to the signature: so it is answered.
const worksAlone = form?.querySelector("[aria-invalid=true]");
const pause = 200;
let timer, asking, calculated = Promise.resolve(), unanswered = false;

const replace = (fresh) => {
  const here = document.getElementById(fresh.id);
  if (!here) return;
  if ("value" in fresh.dataset) {
    if (here !== document.activeElement) here.value = fresh.dataset.value;
    here.removeAttribute("aria-invalid");
  } else if (here.innerHTML !== fresh.innerHTML) here.replaceChildren(...fresh.cloneNode(true).childNodes);
  if (fresh.dataset.taken) {
    const row = here.closest("tr");
    row.classList.toggle("chosen", fresh.dataset.taken === "yes");
    row.classList.toggle("unchosen", fresh.dataset.taken !== "yes");
  }
  const field = fresh.id.endsWith("-error") && document.getElementById(fresh.id.slice(0, -"-error".length));
  if (field && fresh.textContent.trim()) field.setAttribute("aria-invalid", "true");
};

// What leads on from here (to sign, to ask, in the other language) carries the choice along.
const apartFromLanguage = (path) => path.replace(/^\/p\/\w\w\//, "");
const carries = (link) =>
  apartFromLanguage(link.pathname).startsWith(apartFromLanguage(location.pathname)) && link.hash !== "#content" && !link.pathname.endsWith(".pdf");
const carryOn = (search) => {
  document.querySelectorAll("a[href]").forEach((link) => { if (carries(link)) link.search = search; });
  history.replaceState(null, "", location.pathname + search);
};

const recalculate = (pressed) => (calculated = ask(pressed));
const ask = async (pressed) => {
  clearTimeout(timer);
  timer = undefined;
  asking?.abort();
  asking = new AbortController();
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form, pressed));
  try {
    const answer = await fetch(address, { signal: asking.signal, headers: { "X-Parts": "choice" } });
    if (!answer.ok) return form.submit(); // the quote was changed, withdrawn or signed meanwhile: the whole page tells
    const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
    const carried = parts.getElementById("carried");
    if (!carried) return form.submit();
    parts.querySelectorAll("[id]:not(#carried)").forEach(replace);
    carryOn(new URL(carried.getAttribute("href"), location.href).search);
    unanswered = false;
  } catch (error) {
    if (error.name === "AbortError") return;
    unanswered = true; // no connection: the total on the page is that of the choice before
    form.querySelector(".recalculate").hidden = false;
  }
};

if (form && !worksAlone) {
  form.querySelector(".recalculate").hidden = true;
  form.addEventListener("change", () => recalculate());
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.target.matches("[inputmode]")) timer = setTimeout(recalculate, pause);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    recalculate(event.submitter);
  });
  // Nobody leaves with another choice than the one they see: what is being calculated comes first, and what cannot be
  // had is mended first. Where nothing could be calculated, the form itself leads to the quote with what was chosen.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !carries(link) || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await (timer ? recalculate() : calculated);
    if (unanswered) return form.submit();
    const wrong = link.pathname.endsWith("/sign") && form.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
    else location.assign(link.href);
  });
  // Who comes back finds what they had ticked, whatever the address says: a browser restores it.
  const restored = (field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue;
  addEventListener("pageshow", () => { if ([...form.querySelectorAll("input")].some(restored)) recalculate(); });
}
