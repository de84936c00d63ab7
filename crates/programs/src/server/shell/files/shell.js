// The API Shell: choose a function, fill in its form, see what came of it and the lines that would do the same.

import { byId, make, tabs } from "./dom.js";
import { link, linked, load, named } from "./catalogue.js";
import { search } from "./search.js";
import { entered, kept, show } from "./form.js";
import { lines } from "./lines.js";
import { judge, payload, send } from "./call.js";
import { view } from "./views.js";
import * as past from "./history.js";

const { token, user } = document.body.dataset;
const form = byId("call");
const family = () => document.querySelector("[name=family]:checked").value;
const WORDS = { done: "done", refused: "refused", unreached: "not reached" };

let chosen = null, language = "url", running = false;

function say(kind, text) {
  byId("outcome").replaceChildren(make("p", { className: kind }, text));
}

/** The lines as they are now, in all languages. */
function update() {
  if (!chosen) return;
  const all = lines(chosen, entered(), byId("show").checked);
  for (const [name, text] of Object.entries(all)) byId(name).firstElementChild.textContent = text;
  byId("copied").textContent = "";
  past.draft(chosen, kept());
}

/** Shows a function's form. */
function open(one, values = []) {
  chosen = one;
  document.querySelector(`[name=family][value=${one.family}]`).checked = true;
  byId("search").value = `${one.module}::${one.func}`;
  byId("function").textContent = `${one.module}::${one.func}`;
  byId("summary").textContent = one.known ? `It ${one.summary}.` : one.summary;
  document.title = `${one.module}::${one.func} - API Shell`;
  show(one, values);
  byId("chosen").hidden = byId("same").hidden = false;
  update();
}

/** Shows it, under its own address, with the first field ready to be filled in. */
function choose(one, values) {
  open(one, values);
  if (location.hash !== link(one)) history.pushState(null, "", link(one));
  (form.querySelector("#params input, #params select") ?? byId("submit")).focus();
}

function over() {
  byId("over").hidden = false;
  byId("again").href = `/login?goto_uri=api_shell/${location.hash}`;
  byId("again").focus();
}

async function submit(event) {
  event.preventDefault();
  if (running) return;
  const one = chosen, args = entered(), values = kept();
  running = true;
  byId("submit").setAttribute("aria-disabled", true);
  say("", "Calling…");
  byId("facts").textContent = "";
  const answer = await send(token, one, args);
  running = false;
  byId("submit").removeAttribute("aria-disabled");
  const [kind, words] = judge(one.family, answer);
  say(kind, words);
  const status = answer.status ? `HTTP status ${answer.status}, ` : "";
  byId("facts").textContent = `${one.module}::${one.func}: ${status}${answer.milliseconds.toFixed(0)} ms`;
  byId("views").hidden = answer.text === undefined;
  if (answer.text !== undefined) view(answer.text, answer.json, payload(one.family, answer.json));
  past.remember(one, values, WORDS[kind]);
  past.list(again);
  if (answer.status === 401) over();
}

/** Fills the form in as it was for an earlier call; passwords are to be entered anew. */
function again({ family, module, func, values }) {
  const one = named(family, module, func);
  if (one) choose(one, values);
}

async function copy() {
  const text = byId(language).firstElementChild;
  try {
    await navigator.clipboard.writeText(text.textContent);
    byId("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(text);
    byId("copied").textContent = "Selected; copy it with Ctrl+C.";
  }
}

function follow() {
  if (location.hash.length < 2) return false;
  const one = linked(location.hash);
  if (one) open(one, one.family === chosen?.family && one.func === chosen.func && one.module === chosen.module ? kept() : []);
  else say("refused", "The address names no function.");
  return one !== null;
}

async function start() {
  tabs(document.querySelector("#views [role=tablist]"));
  tabs(document.querySelector("#same [role=tablist]"), (name) => { language = name; byId("copied").textContent = ""; });
  await load(new URL("catalogue.json", import.meta.url));
  search(family, choose);
  form.addEventListener("submit", submit);
  form.addEventListener("input", update);
  byId("add").addEventListener("click", update);
  byId("show").addEventListener("change", update);
  byId("copy").addEventListener("click", copy);
  byId("forget").addEventListener("click", () => { past.forget(); past.list(again); byId("search").focus(); });
  byId("logout").addEventListener("submit", past.forget);
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  const left = past.restore();
  past.list(again);
  const one = left && named(left.family, left.module, left.func);
  const asked = linked(location.hash);
  if (one && (location.hash.length < 2 || (asked && link(asked) === link(one)))) open(one, left.values);
  else follow();
  document.body.dataset.ready = user;
}

start().catch((error) => say("unreached", `The page could not start: ${error.message}. Load it again.`));
