// What was typed and has not reached the server yet, kept in the browser: a closed tab or a lost network loses nothing.
// Another tab may keep other rows under the same name: each writes its own, and only those.
export const unsent = (name) => {
  const read = () => { try { return JSON.parse(localStorage.getItem(name) ?? "{}"); } catch { return {}; } };
  const write = (all) => {
    try {
      if (Object.keys(all).length) localStorage.setItem(name, JSON.stringify(all));
      else localStorage.removeItem(name);
    } catch { /* a browser that keeps nothing: the page asks before it is left */ }
  };
  const all = read();
  return {
    all: () => all,
    keep: (key, what) => { all[key] = what; write({ ...read(), [key]: what }); },
    drop: (key) => {
      delete all[key];
      const { [key]: _dropped, ...rest } = read();
      write(rest);
    },
    get size() { return Object.keys(all).length; },
  };
};
