// Which act a key means in a row. On a Mac Alt+C and Alt+O write other characters: there the key itself is asked.
const ACTS = { ArrowUp: "up", ArrowDown: "down", c: "duplicate", o: "option", Delete: "remove" };
const letterOf = ({ key, code }) => (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();

export const actOf = (event) => {
  if (event.ctrlKey || event.metaKey) return undefined; // Ctrl and Alt together are the AltGr of Windows, which writes
  const grips = event.target.matches("[data-grip]") && event.key.startsWith("Arrow");
  if (!event.altKey && !grips) return undefined;
  return ACTS[event.key.length === 1 ? letterOf(event) : event.key];
};
