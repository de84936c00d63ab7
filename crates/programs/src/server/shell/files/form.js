// The form of a function: a field for each parameter of the catalogue, and as many further ones as wanted.

import { byId, make } from "./dom.js";

/** Names that sound like secrets, where the catalogue does not say. */
const SECRET = /pass|secret|token|key|hash|pin$/i;
const FILTERS = ["contains", "begins", "ends", "matches", "eq", "ne", "lt", "gt", "lt_handle_unlimited", "gt_handle_unlimited", "defined", "undefined"];
const SORTS = ["lexicographic", "numeric", "numeric_zero_as_max", "ipv4"];
/** Name, label, and what can be chosen. */
const MODIFIERS = [
  ["filter_column", "Filter by column"], ["filter_type", "How", FILTERS], ["filter_term", "Term"],
  ["sort_column", "Sort by column"], ["sort_method", "Order", SORTS], ["sort_reverse", "Backwards", ["0", "1"]],
  ["paginate_start", "First record, from 1"], ["paginate_size", "Records"], ["columns", "Columns, separated by commas"],
];

let shown = null;

/** A password's field hides it until its button is pressed. */
function secret(input) {
  Object.assign(input, { type: "password", autocomplete: "new-password" });
  const name = input.dataset.name;
  const button = make("button", { type: "button", "aria-pressed": false, "aria-label": `Show ${name}` }, "Show");
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", hidden);
  });
  return make("span", { className: "with" }, input, button);
}

/** One field with its label and meaning. A domain may be left out where a full address names it. */
function field({ name, kind, required: wanted, meaning }, at) {
  const required = wanted && !(kind === "domain" && shown.params.some((param) => param.kind === "mailbox"));
  const id = `param-${at}`, help = `${id}-help`;
  const flag = kind === "flag";
  const input = make(flag ? "select" : "input", { id, required, "data-name": name, "data-kind": kind, "aria-describedby": help });
  if (flag) {
    for (const [value, text] of [["", "not given"], ["1", "yes (1)"], ["0", "no (0)"]]) input.append(make("option", { value }, text));
  } else {
    Object.assign(input, { autocomplete: "off", spellcheck: false, autocapitalize: "none" });
    if (kind === "mebibytes") Object.assign(input, { pattern: "[0-9]+|unlimited", title: "a number of MB, or unlimited", inputMode: "numeric" });
    if (kind === "number") Object.assign(input, { pattern: "[0-9]+|unlimited", title: "a whole number, or unlimited", inputMode: "numeric" });
  }
  const label = make("label", { for: id }, required ? `${name} (required)` : name);
  const hint = make("span", { id: help, className: "soft" }, meaning);
  return make("div", { className: "field" }, label, make("br"), kind === "secret" ? secret(input) : input, hint);
}

let rows = 0;

/** A further parameter: name, value, whether it is secret. */
function further(name = "", value = "", isSecret = false) {
  const n = ++rows, positional = shown.family === "api1";
  const what = make("input", { id: `name-${n}`, value: name, autocomplete: "off", spellcheck: false });
  const text = make("input", { id: `value-${n}`, value, autocomplete: "off", spellcheck: false });
  const hide = make("input", { id: `secret-${n}`, type: "checkbox", checked: isSecret });
  const veil = () => Object.assign(text, { type: hide.checked ? "password" : "text", autocomplete: hide.checked ? "new-password" : "off" });
  what.addEventListener("input", () => { hide.checked ||= SECRET.test(what.value); veil(); });
  hide.addEventListener("change", veil);
  veil();
  const remove = make("button", { type: "button", "aria-label": `Remove parameter ${n}` }, "Remove");
  const label = (input, words) => make("span", {}, make("label", { for: input.id }, words), input);
  const row = make("div", { className: "row" },
    ...(positional ? [] : [label(what, "Name")]),
    label(text, positional ? "Next value" : "Value"),
    make("label", { for: hide.id }, hide, " secret"), remove);
  remove.addEventListener("click", () => { row.remove(); byId("add").focus(); byId("call").dispatchEvent(new Event("input")); });
  row.read = () => ({ name: what.value.trim(), value: text.value, secret: hide.checked, input: what });
  byId("further").append(row);
  return row;
}

/** Shows the form of a function, with values that were entered before. */
export function show(one, values = []) {
  shown = one;
  rows = 0;
  byId("params").replaceChildren(...one.params.map(field));
  byId("further").replaceChildren();
  byId("modifiers").hidden = !one.list;
  byId("modifiers").open = false;
  byId("modifier-fields").replaceChildren(...(one.list ? MODIFIERS : []).map(([name, words, choices]) => {
    const id = `modifier-${name}`;
    const input = choices ? make("select", { id }, ...choices.map((value) => make("option", { value }, value))) : make("input", { id, autocomplete: "off" });
    return make("p", {}, make("label", { for: id }, words), input);
  }));
  const prefix = modifierPrefix();
  for (const { name, value, secret } of values) {
    const known = one.params.findIndex((param) => param.name === name);
    const modifier = name.startsWith(prefix) && one.list && byId(`modifier-${name.slice(prefix.length)}`);
    if (known >= 0) byId(`param-${known}`).value = value;
    else if (modifier) { modifier.value = value; byId("modifiers").open = true; }
    else if (!one.list || !name.startsWith(prefix)) further(name, value, secret);
  }
}

const modifierPrefix = () => (shown.family === "api2" ? "api2_" : "api.");

/** The modifiers that were filled in, with the switches that go with them. */
function modifiers() {
  if (!shown.list) return [];
  const given = (name) => byId(`modifier-${name}`).value;
  const found = [];
  const add = (name, value) => found.push({ name: modifierPrefix() + name, value, secret: false });
  for (const [kind, first, ...others] of [["filter", "filter_column", "filter_type", "filter_term"], ["sort", "sort_column", "sort_method", "sort_reverse"], ["paginate", "paginate_size", "paginate_start"]]) {
    if (!given(first)) continue;
    add(kind, "1");
    for (const name of [first, ...others]) if (given(name)) add(name, given(name));
  }
  const columns = given("columns").split(",").map((name) => name.trim()).filter(Boolean);
  if (columns.length) add("columns", "1");
  columns.forEach((name, at) => add(`columns_${at}`, name));
  return found;
}

/** What was entered, in order: `{name, value, secret}`. Of API 1 the place counts, so only the last may be missing. */
export function entered() {
  const known = shown.params.map(({ name, kind }, at) => ({ name, value: byId(`param-${at}`).value, secret: kind === "secret" }));
  const more = [...byId("further").children].map((row) => row.read());
  if (shown.family === "api1") {
    const all = [...known, ...more].map((one, at) => ({ ...one, name: `arg-${at}` }));
    while (all.length && all.at(-1).value === "") all.pop();
    return all;
  }
  const names = new Set(shown.params.map(({ name }) => name));
  for (const { name, value, input } of more) {
    const twice = names.has(name) && `${name} stands here twice; number them: ${name}-1, ${name}-2`;
    input.setCustomValidity(name ? twice || "" : value && "A value needs a name");
    names.add(name);
  }
  const named = more.filter(({ name }) => name).map(({ name, value, secret }) => ({ name, value, secret }));
  return [...known.filter(({ value }) => value !== ""), ...named, ...modifiers()];
}

/** To keep and to show again: everything but the secrets. Of API 1 the names are those of the form. */
export function kept() {
  const all = entered().map(({ name, value, secret }, at) => {
    const param = shown.family === "api1" && shown.params[at];
    return { name: param ? param.name : name, value: secret ? "" : value, secret };
  });
  return all;
}

byId("add").addEventListener("click", () => further().querySelector("input").focus());
