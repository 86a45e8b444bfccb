// What stands in the fields of a row, and a row that follows what the server made of it.
export const fields = (row) => [...row.querySelectorAll("input[aria-label], textarea, select")];
export const nameOf = (field) => field.name.split("-").pop();
export const typed = (row) => Object.fromEntries(fields(row).map((field) => [nameOf(field), field.value]));

const showOffer = (row, fresh) => {
  row.dataset.revision = fresh.dataset.revision;
  row.toggleAttribute("data-optional", fresh.hasAttribute("data-optional"));
  row.querySelector(".offer")?.replaceChildren(...fresh.querySelector(".offer").childNodes);
};
// A saved row: what the server made of it, but never over what is being typed.
export const refresh = (row, fresh, sent) => {
  showOffer(row, fresh);
  const stored = fields(fresh);
  fields(row).forEach((field, place) => {
    if (field !== document.activeElement && field.value === sent[nameOf(field)]) field.value = stored[place].value;
  });
};
// A row that is offered otherwise now. What is typed in it and not stored stays; so does the revision when somebody
// else changed the row too, for they must not be overwritten.
export const reoffer = (row, fresh, isUnsent) => {
  const { revision } = row.dataset;
  if (!isUnsent) return refresh(row, fresh, typed(row));
  showOffer(row, fresh);
  if (Number(fresh.dataset.revision) > Number(revision) + 1) row.dataset.revision = revision;
};
