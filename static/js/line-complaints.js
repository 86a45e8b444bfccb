// What is wrong with a row, said at the fields that it is wrong with.
export const clear = (row) => {
  row.querySelectorAll(".error").forEach((each) => each.remove());
  row.querySelectorAll("[aria-invalid]").forEach((each) => { each.removeAttribute("aria-invalid"); each.removeAttribute("aria-describedby"); });
};

// Gives the whole in one text.
export const complain = (row, fields, parts, says) => {
  clear(row);
  const found = [...parts.querySelectorAll("#complaints li")];
  if (!found.length) return says.saysUnreachable;
  found.forEach((each) => {
    const field = fields.find((one) => one.name.endsWith(`-${each.dataset.field}`)) ?? fields[0];
    const error = document.createElement("span");
    error.className = "error small";
    error.id = `${field.id}-error`;
    error.textContent = each.textContent;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
    field.after(error);
  });
  return `${says.saysRefused} ${found.map((each) => each.textContent).join(" ")}`;
};
