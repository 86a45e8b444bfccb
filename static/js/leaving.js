// Whoever goes on by a link or by another form goes once everything is stored; the browser asks when that cannot be.
export const leaving = (form, isUnsent, store) => {
  let passing = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!isUnsent() || link.hasAttribute("download") || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    store().then(() => (link.target ? open(link.href, link.target, "noopener") : location.assign(link.href)));
  });
  document.addEventListener("submit", (event) => {
    if (event.target === form || passing || !isUnsent()) return;
    event.preventDefault();
    event.stopPropagation();
    store().then(() => {
      passing = true;
      event.target.requestSubmit(event.submitter);
      passing = false;
    });
  }, true);
};
