// What there is to say about a row, with buttons for what is to hold: mine or theirs.
const made = (said, choose) => {
  const notice = document.createElement("tr");
  notice.className = "conflict";
  const cell = notice.insertCell();
  cell.colSpan = 8;
  cell.setAttribute("role", "alert");
  cell.append(...said.childNodes);
  notice.addEventListener("click", (event) => {
    const choice = event.target.dataset.keep;
    if (choice) choose(choice, notice);
  });
  return notice;
};

export const noticeOn = (row) => (row.nextElementSibling?.matches(".conflict") ? row.nextElementSibling : null);

// Each gives what is said, without the buttons.
const put = (place, said, choose) => {
  const notice = made(said, choose);
  place(notice);
  return [...notice.cells[0].childNodes].filter((each) => each.nodeName !== "BUTTON").map((each) => each.textContent.trim()).join(" ").trim();
};
export const notices = {
  below: (row, said, choose) => {
    noticeOn(row)?.remove();
    return put((notice) => row.after(notice), said, choose);
  },
  above: (body, said, choose) => put((notice) => body.prepend(notice), said, choose),
};
