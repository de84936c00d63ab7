// Calls of this tab. What is kept holds no secret: `kept` of the form leaves them out.

import { byId, make } from "./dom.js";
import { FAMILIES } from "./catalogue.js";

const PLACE = "liveapi-shell";
const MOST = 30;

let state = { user: document.body.dataset.user, calls: [], draft: null };

function save() {
  // A browser may forbid it; then nothing is kept.
  try { sessionStorage.setItem(PLACE, JSON.stringify(state)); } catch { /* as said */ }
}

/** What this user left here; what another one left is thrown away. */
export function restore() {
  try {
    const found = JSON.parse(sessionStorage.getItem(PLACE));
    if (found?.user === state.user && Array.isArray(found.calls)) state = found;
    else sessionStorage.removeItem(PLACE);
  } catch { /* nothing was left */ }
  return state.draft;
}

/** Keeps what is being entered, for after a login. */
export function draft(one, values) {
  state.draft = { family: one.family, module: one.module, func: one.func, values };
  save();
}

/** Keeps a call. */
export function remember(one, values, outcome) {
  const { family, module, func } = one;
  state.calls.unshift({ family, module, func, values, outcome, at: new Date().toTimeString().slice(0, 8) });
  state.calls.length = Math.min(state.calls.length, MOST);
  save();
}

export function forget() {
  state.calls = [];
  state.draft = null;
  sessionStorage.removeItem(PLACE);
}

/** Lists the calls; `again` gets the one to be filled in again. */
export function list(again) {
  byId("no-history").hidden = state.calls.length > 0;
  byId("forget").hidden = !state.calls.length;
  byId("history").replaceChildren(...state.calls.map((call) => {
    const button = make("button", { type: "button" }, `${call.at} ${FAMILIES[call.family]} ${call.module}::${call.func}: ${call.outcome}`);
    button.addEventListener("click", () => again(call));
    return make("li", {}, button);
  }));
}
