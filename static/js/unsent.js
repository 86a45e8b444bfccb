// What was typed and has not reached the server yet, kept in the browser: a closed tab or a lost network loses nothing.
// Other tabs may keep other rows under the same name: each writes its own, and takes over only what a closed tab left.
import { newIdentity } from "./identity.js";

const stored = "accord-tab", held = (tab) => `accord-tab-${tab}`;
// A page that is loaded anew in the same tab is the same tab.
const tabHere = () => {
  try { return (sessionStorage[stored] ??= newIdentity()); } catch { return newIdentity(); }
};

export const unsent = (name) => {
  const tab = tabHere();
  const read = () => { try { return JSON.parse(localStorage.getItem(name) ?? "{}"); } catch { return {}; } };
  const write = (all) => {
    try {
      if (Object.keys(all).length) localStorage.setItem(name, JSON.stringify(all));
      else localStorage.removeItem(name);
    } catch { /* a browser that keeps nothing: the page asks before it is left */ }
  };
  const all = {};
  navigator.locks?.request(held(tab), () => new Promise(() => {})); // as long as the tab is open
  const keep = (key, what) => { all[key] = { ...what, tab }; write({ ...read(), [key]: all[key] }); };
  return {
    all: () => all,
    keep,
    drop: (key) => {
      delete all[key];
      const { [key]: dropped, ...rest } = read();
      if (!dropped?.tab || dropped.tab === tab) write(rest);
    },
    // What was kept when a page was closed, which is here from now on. What somebody still types in an open tab is not.
    recover: async () => {
      const known = await navigator.locks?.query();
      const open = new Set(known?.held.map((lock) => lock.name));
      const left = Object.entries(read()).filter(([key, { tab: other }]) => !(key in all) && (other === tab || !open.has(held(other))));
      left.forEach(([key, what]) => keep(key, what));
      return left;
    },
    get size() { return Object.keys(all).length; },
  };
};
