// The lines of a deal, saved row by row as one goes. Without this script the form around them saves them together.
import { unsent } from "./unsent.js";
import { draggable } from "./drag.js";
import { newIdentity } from "./identity.js";
import { actOf } from "./line-keys.js";
import { lineMenu } from "./line-menu.js";
import { fields, nameOf, refresh, reoffer, typed } from "./line-row.js";
import { clear, complain } from "./line-complaints.js";
import { noticeOn, notices } from "./line-notice.js";
import { orderIn } from "./line-order.js";
import { sender } from "./line-sender.js";
import { putSums } from "./line-sums.js";
import { leaving } from "./leaving.js";

const form = document.querySelector("form[data-lines]");
const again = 4000; // milliseconds until a lost connection is tried again

export const editLines = () => {
  if (!form) return;
  const body = form.querySelector("tbody");
  const adding = body.querySelector("tr.add");
  const input = form.querySelector("[data-adding]");
  const status = form.querySelector("[data-saved]");
  const waiting = unsent(`accord-lines-${form.dataset.lines}`);
  const says = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), form.dataset[`says${name}`]);
  // What is replaced may hold the focus, in a button that undoes: it must not fall out of the page.
  const tell = (text) => {
    if (status.contains(document.activeElement)) input.focus();
    status.textContent = text;
  };
  const addressOf = (key, pattern = form.dataset.rows) => pattern.replace(/[0-]{36}/, key);
  const rowOf = (key) => document.getElementById(`line-${key}`);
  const { above, block, foot, lineBelow, lineRows } = orderIn(body, adding);
  const undone = []; // acts on rows that have not reached the server yet, oldest first
  let busy = Promise.resolve(), timer, complaint = ""; // complaint: what is still wrong with rows

  // One request at a time, in the order of what was done: an act never overtakes what was typed before it.
  const inTurn = (work) => (busy = busy.then(work, work));

  const send = sender(form);
  const lost = (error) => {
    tell(says(error.message === "signed out" ? "SignedOut" : "Waiting"));
    clearTimeout(timer);
    timer = setTimeout(() => inTurn(flush), again);
    return false;
  };

  const freshRows = (parts) => [...parts.querySelectorAll("tr[data-line]")];
  // Rows that an act changed beside the new ones, which it gives.
  const newRows = (parts) => freshRows(parts).filter((fresh) => {
    const row = rowOf(fresh.dataset.line);
    if (row) reoffer(row, fresh, fresh.dataset.line in waiting.all());
    return !row;
  });

  // Somebody else saved this row first: both versions, and which is to hold.
  const disagree = (row, parts, sent) => {
    const [fresh] = freshRows(parts);
    if (!fresh) return;
    const said = parts.querySelector("[data-conflict]");
    const stored = typed(fresh);
    said.querySelector("[data-theirs]").textContent = Object.keys(stored).filter((name) => stored[name] !== sent[name]).map((name) => {
      const field = fields(fresh).find((each) => nameOf(each) === name);
      return `${field.getAttribute("aria-label").split(",")[0]} ${field.selectedOptions?.[0].textContent ?? stored[name]}`;
    }).join(" · ");
    tell(notices.below(row, said, (choice, notice) => {
      notice.remove();
      row.dataset.revision = fresh.dataset.revision;
      if (choice === "theirs") {
        fields(row).forEach((field) => { field.value = stored[nameOf(field)] ?? field.value; });
        waiting.drop(row.dataset.line);
        tell(says("Saved", { time: now() }));
      } else save(row);
      fields(row)[0].focus();
    }));
  };
  // Somebody else removed the row that is being typed in.
  const saysGone = (values = {}) => {
    const said = form.querySelector("template[data-gone]").content.cloneNode(true);
    const { vat: _code, ...words } = values;
    said.querySelector("[data-typed]").textContent = Object.values(words).filter(Boolean).join(" · ");
    return said;
  };
  const gone = (row) => tell(notices.below(row, saysGone(), (choice, notice) => {
    (choice === "mine" ? fields(row)[0] : input).focus();
    if (choice === "mine") return void act("restore", () => ({ line: row.dataset.line }), () => { notice.remove(); save(row); });
    notice.remove();
    row.remove();
    waiting.drop(row.dataset.line);
  }));
  const now = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

  const save = (row) => {
    waiting.keep(row.dataset.line, { values: typed(row), revision: row.dataset.revision });
    return inTurn(flush);
  };
  // Everything that waits, oldest first: what was typed, then what was done with rows. Gives whether all has arrived.
  const flush = async () => {
    clearTimeout(timer);
    return (await sendRows()) && sendActs();
  };
  const sendRows = async () => {
    const refused = [];
    let stored = false;
    for (const [key, { values }] of Object.entries(waiting.all())) {
      const row = rowOf(key);
      if (!row || noticeOn(row)) continue;
      tell(says("Saving"));
      let answer;
      try { answer = await send(`${addressOf(key)}/row`, { ...values, revision: row.dataset.revision }); }
      catch (error) { return lost(error); }
      if (answer.parts.querySelector("[data-conflict]")) { disagree(row, answer.parts, values); continue; }
      if (answer.status === 409) { gone(row); continue; }
      if (!answer.parts.getElementById("ledger-parts")) { refused.push(complain(row, fields(row), answer.parts, form.dataset)); continue; }
      clear(row);
      const typedOn = fields(row).some((field) => field.value !== values[nameOf(field)]);
      const [fresh] = freshRows(answer.parts);
      if (fresh) refresh(row, fresh, values);
      putSums(form, answer.parts);
      if (typedOn) waiting.keep(key, { values: typed(row), revision: row.dataset.revision });
      else waiting.drop(key);
      stored = true;
    }
    complaint = refused.join(" ");
    if (complaint) tell(complaint);
    else if (stored) tell(says("Saved", { time: now() }));
    return true;
  };
  const sendActs = async () => {
    while (undone.length) {
      const [{ name, values, done, refused }] = undone;
      let answer;
      tell(says("Saving"));
      try { answer = await send(form.dataset.arrange, { act: name, ...values() }); }
      catch (error) { return lost(error); }
      undone.shift();
      delete status.dataset.refused;
      if (answer.parts.getElementById("ledger-parts")) {
        putSums(form, answer.parts);
        tell(complaint || says("Saved", { time: now() }));
        const rows = newRows(answer.parts);
        done?.(rows);
      } else {
        status.dataset.refused = "";
        tell([...answer.parts.querySelectorAll("#complaints li")].map((each) => each.textContent).join(" ") || answer.parts.title);
        refused?.();
      }
    }
    return true;
  };

  // The acts on rows: the server changes the order, and the page follows it. What they say is asked when they are sent.
  const act = (name, values, done, refused) => {
    undone.push({ name, values, done, refused });
    return inTurn(flush);
  };
  const add = (kind, values) => {
    const words = kind === "several" ? "" : input.value;
    if (words) input.value = ""; // pressed twice, it adds once
    const identity = newIdentity(); // sent twice, it is added once
    return act(kind, () => ({ after: above()?.dataset.line ?? "", new: identity, ...values }), (rows) => {
      const [first] = rows;
      if (!first) return void reload(); // it was added by a request whose answer was lost
      rows.forEach((row) => adding.before(ready(row)));
      const quantity = first.querySelector(".qty input") ?? input;
      (kind === "product" ? quantity : first.querySelector(".price input") ? quantity : input).focus();
      document.activeElement.select?.();
    }, () => { input.value ||= words; });
  };
  const move = (row, by) => {
    const moving = block(row), rows = lineRows(), isSection = row.dataset.kind === "section";
    const others = isSection ? rows.filter((each) => each.dataset.kind === "section") : rows;
    const neighbour = others[others.indexOf(row) + by];
    const first = isSection && by < 0 && !neighbour && rows[0] !== row ? rows[0] : neighbour;
    if (!first) return;
    const focused = document.activeElement, home = moving.at(-1).nextElementSibling;
    if (by < 0) first.before(...moving);
    else (isSection ? block(first).at(-1) : foot(first)).after(...moving);
    focused.focus();
    sendPlace(moving, home, () => tell(says("Moved", { place: lineRows().indexOf(row) + 1 })));
  };
  // `home`: what stood below the moved rows, should they have to go back.
  const sendPlace = (moved, home, done) => {
    const before = lineBelow(moved.at(-1))?.dataset.line ?? "";
    return act("to", () => ({ line: moved[0].dataset.line, before }), done, () => (home ? home.before(...moved) : body.append(...moved)));
  };
  const remove = (row) => {
    const next = foot(row).nextElementSibling, key = row.dataset.line;
    act("remove", () => ({ line: key }), () => {
      noticeOn(row)?.remove();
      row.remove();
      waiting.drop(key);
      tell(says("Removed"));
      const undo = form.querySelector("template[data-undo]").content.firstElementChild.cloneNode(true);
      undo.addEventListener("click", () => act("restore", () => ({ line: key }), (rows) => {
        if (!next.isConnected) return void reload();
        rows.forEach((fresh) => next.before(ready(fresh)));
        rows[0]?.querySelector("textarea")?.focus();
      }));
      status.append(" ", undo);
      undo.focus();
    });
  };
  const duplicate = (row) => {
    const identity = newIdentity();
    act("duplicate", () => ({ line: row.dataset.line, new: identity }), (rows) => {
      if (!rows.length) return void reload();
      foot(row).after(...rows.map(ready));
      (rows[0].querySelector(".qty input") ?? rows[0].querySelector("textarea")).focus();
    });
  };
  const addBelow = (row) => { foot(row).after(adding); input.focus(); };
  const acts = {
    up: (row) => move(row, -1), down: (row) => move(row, 1), remove, duplicate, below: addBelow,
    price: (row) => inTurn(flush).then(() => { if (!waiting.size) location.assign(addressOf(row.dataset.line, form.dataset.prices)); }),
    details: (row) => inTurn(flush).then(() => { if (!waiting.size) location.assign(addressOf(row.dataset.line)); }),
    // Sent twice, its answer lost, it asks for the same again.
    option: (row) => row.dataset.kind === "item" && act("option", () => ({ line: row.dataset.line, optional: row.hasAttribute("data-optional") ? "no" : "yes" })),
  };

  const menu = lineMenu(form.querySelector("template[data-menu]"), (name, row) => acts[name](row));

  const ready = (row) => {
    if (row.ownerDocument !== document) row = document.adoptNode(row);
    row.querySelector("[data-grip]").hidden = false;
    row.querySelector("[data-more]").setAttribute("aria-haspopup", "menu");
    return row;
  };
  lineRows().forEach(ready);
  draggable(body, adding, { block, foot, dropped: sendPlace });

  body.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (row) waiting.keep(row.dataset.line, { values: typed(row), revision: row.dataset.revision });
  });
  body.addEventListener("change", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (row) save(row);
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-more]");
    if (!button) return;
    event.preventDefault();
    menu.open(button);
  });
  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (!row) return;
    const shortcut = actOf(event);
    if (shortcut) {
      event.preventDefault();
      acts[shortcut](row);
    } else if (event.key === "Enter" && event.target.matches("input, textarea[name$='-name']")) {
      event.preventDefault();
      const next = event.target.matches(".qty input") ? row.querySelector(".price input") : null;
      (next && !Number.parseFloat(next.value.replace(",", ".")) ? next : input).focus();
      document.activeElement.select?.();
    }
  });
  form.addEventListener("submit", (event) => {
    const name = event.submitter?.value ?? "save";
    event.preventDefault();
    const product = form.elements.product.value;
    if (event.submitter?.name === "match") return void add("product", { product: event.submitter.value });
    if (name === "several") return void add("several", { several: form.elements.several.value }).then(() => { if (!("refused" in status.dataset)) form.elements.several.value = ""; });
    if (["free", "section", "note"].includes(name)) return void (input.value.trim() ? add(name, { adding: input.value }) : input.focus());
    if (product) { form.elements.product.value = ""; return void add("product", { product, adding: input.value }); }
    if (input.value.trim() && !event.submitter?.matches("[data-save]")) return void add("product", { adding: input.value }); // the server knows which product the words mean
    inTurn(flush).then((arrived) => { if (arrived && !waiting.size) tell(says("Saved", { time: now() })); });
  }, true);
  addEventListener("online", () => inTurn(flush));
  const isUnsent = () => waiting.size > 0 || undone.length > 0;
  const ask = (event) => { if (isUnsent()) event.preventDefault(); };
  addEventListener("beforeunload", ask);
  // What is typed is kept: nobody needs to be asked.
  const reload = () => { removeEventListener("beforeunload", ask); location.reload(); };
  leaving(form, isUnsent, () => inTurn(flush));
  form.querySelector("[data-keys]").hidden = false;

  // What a closed tab or a lost network kept back.
  const putBack = (key, { values, revision }) => {
    const row = rowOf(key);
    if (row) {
      fields(row).forEach((field) => { field.value = values[nameOf(field)] ?? field.value; });
      row.dataset.revision = revision;
    } else {
      notices.above(body, saysGone(values), (choice, notice) => {
        input.focus();
        if (choice === "mine") return void act("restore", () => ({ line: key }), reload);
        notice.remove();
        waiting.drop(key);
      });
    }
  };
  waiting.recover().then((left) => {
    left.forEach(([key, what]) => putBack(key, what));
    if (left.length) inTurn(flush).then(() => { if (!waiting.size) tell(says("Recovered")); });
  });
};
