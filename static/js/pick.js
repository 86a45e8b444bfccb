// A menu of acts closes on Escape, on a press elsewhere, and when another opens. Without JavaScript it is a plain <details>.
const opened = () => document.querySelectorAll("details[data-pick][open]");

document.addEventListener("click", (event) => {
  opened().forEach((pick) => { if (!pick.contains(event.target)) pick.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  opened().forEach((pick) => {
    pick.open = false;
    if (pick.contains(document.activeElement)) pick.querySelector("summary").focus();
  });
});
