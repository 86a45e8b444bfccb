// A browser that is held out to a client shows nothing of the back office, also in the tabs that were open before and in
// pages that it keeps aside for its back button. What was typed in them stays, and is seen again afterwards.
const others = new BroadcastChannel("accord-tablet");
const root = document.documentElement;

if (document.querySelector(".lent")) {
  others.postMessage("lent");
} else if (document.querySelector("nav.side")) {
  others.postMessage("back"); // a page of the back office opens: the browser is in the hands of one of ours
  others.addEventListener("message", (event) => { root.hidden = event.data === "lent"; });
  addEventListener("pagehide", (event) => { if (event.persisted) root.hidden = true; });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
