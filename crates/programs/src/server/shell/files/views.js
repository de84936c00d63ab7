// An answer as tree and as table. Both show a part of what is very long, and the rest when asked.

import { byId, make } from "./dom.js";

/** How many rows or members are shown at once. */
const MOST = 200;

const isInner = (value) => typeof value === "object" && value !== null;

/** A value as it stands in JSON; what is no text looks different. */
function leaf(value) {
  const text = isInner(value) ? JSON.stringify(value) : String(value);
  return typeof value === "string" ? make("span", {}, text) : make("i", {}, text);
}

/** Adds what `one` makes of each, and a button for the rest. */
function fill(place, all, one, wrap = (button) => button) {
  const add = (from) => {
    place.append(...all.slice(from, from + MOST).map(one));
    const rest = all.length - from - MOST;
    if (rest <= 0) return;
    const button = make("button", { type: "button" }, `Show more (${rest})`);
    const last = wrap(button);
    button.addEventListener("click", () => { last.remove(); add(from + MOST); });
    place.append(last);
  };
  add(0);
}

function node(name, value, open) {
  if (!isInner(value)) return make("p", {}, make("b", {}, name), ": ", leaf(value));
  const members = Object.entries(value);
  const size = Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`;
  const branch = make("details", { open }, make("summary", {}, make("b", {}, name), " ", make("i", {}, size)));
  const grow = () => fill(branch, members, ([key, inner]) => node(key, inner, open && members.length < 20));
  if (open) grow();
  else branch.addEventListener("toggle", grow, { once: true });
  return branch;
}

function table(rows) {
  const columns = [...new Set(rows.slice(0, 1000).flatMap((row) => (isInner(row) ? Object.keys(row) : ["value"])))];
  const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)));
  const cells = (row) => columns.map((name) => (isInner(row) ? row[name] : row));
  const body = make("tbody");
  const wrap = (button) => make("tr", {}, make("td", { colSpan: columns.length }, button));
  fill(body, rows, (row) => make("tr", {}, ...cells(row).map((cell) => make("td", {}, cell === undefined ? "" : leaf(cell)))), wrap);
  return make("table", {}, make("thead", {}, head), body);
}

/** Shows an answer in all three views. */
export function view(text, json, data) {
  byId("tree").replaceChildren(json === undefined ? make("p", {}, "The answer is no JSON.") : node("answer", json, true));
  const rows = Array.isArray(data) ? data : isInner(data) ? [data] : data === undefined || data === null ? [] : [data];
  byId("table").replaceChildren(rows.length ? table(rows) : make("p", {}, "The answer has no rows."));
  byId("raw").firstElementChild.textContent = text;
}
