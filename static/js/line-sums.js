// What the lines come to now, and the revision of the deal that says so.
export const putSums = (form, parts) => {
  const fresh = parts.getElementById("ledger-parts").dataset.revision, known = form.elements.revision.value;
  // The other forms about this deal go on from here, unless somebody else changed it meanwhile: then they must not.
  if (Number(fresh) === Number(known) + 1) {
    document.querySelectorAll("[data-of-deal]").forEach((each) => { if (each.value === known) each.value = fresh; });
  }
  form.elements.revision.value = fresh;
  document.getElementById("ledger-sums").replaceChildren(...parts.getElementById("ledger-sums").childNodes);
  parts.querySelectorAll("[id^='sum-']").forEach((cell) => {
    const here = document.getElementById(cell.id);
    if (here) here.replaceChildren(...cell.childNodes);
  });
};
