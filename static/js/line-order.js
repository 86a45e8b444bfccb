// Which rows stand where: between the lines there are notices and the row that adds.
import { noticeOn } from "./line-notice.js";

export const orderIn = (body, adding) => {
  const lineRows = () => [...body.querySelectorAll("tr[data-line]")];
  const next = (row, way) => {
    let other = row[way];
    while (other && !other.dataset.line) other = other[way];
    return other;
  };
  const foot = (row) => noticeOn(row) ?? row;
  // A row with what belongs to it: its notice, and a section's lines.
  const block = (row) => {
    if (row.dataset.kind !== "section") return foot(row) === row ? [row] : [row, foot(row)];
    const rows = [row];
    for (let other = row.nextElementSibling; other && other.dataset.kind !== "section"; other = other.nextElementSibling) rows.push(other);
    if (rows.at(-1) === adding) rows.pop();
    return rows;
  };
  return {
    lineRows, foot, block,
    above: () => next(adding, "previousElementSibling"),
    lineBelow: (row) => next(row, "nextElementSibling"),
  };
};
