// A call, and what came of it in words.

import { target } from "./lines.js";

/** Sends a call as any client does. `{status, text, json, milliseconds}`, or `{error}` if no answer came. */
export async function send(token, one, args) {
  const [path, control] = target(one);
  const body = new URLSearchParams([...control, ...args.map(({ name, value }) => [name, value])]);
  const begun = performance.now();
  try {
    const answer = await fetch(token + path, { method: "POST", body, redirect: "error", cache: "no-store" });
    const text = await answer.text();
    const milliseconds = performance.now() - begun;
    let json;
    try { json = JSON.parse(text); } catch { /* It is shown as it came. */ }
    return { status: answer.status, text, json, milliseconds };
  } catch (error) {
    return { error: error.message, milliseconds: performance.now() - begun };
  }
}

/** The reason, wherever in the answer it stands. */
function reason(json, part) {
  const row = Array.isArray(part?.data) ? part.data[0] : part?.data;
  const places = [part?.error, part?.errors, row?.reason, row?.statusmsg, part?.event?.reason, json?.errors, json?.metadata?.reason, json?.error];
  const found = places.map((place) => (Array.isArray(place) ? place.join(" ") : place)).find((text) => typeof text === "string" && text);
  return found ?? "no reason is given";
}

/** Whether the part of the answer that speaks for the function says that it was done; nothing if there is no such part. */
function isDone(family, part) {
  if (typeof part !== "object" || part === null) return undefined;
  if (family === "uapi") return "status" in part ? Number(part.status) === 1 : undefined;
  if (part.error) return false;
  if (!("event" in part)) return undefined;
  const row = family === "api2" && Array.isArray(part.data) && typeof part.data[0] === "object" ? part.data[0] : null;
  const refused = row && ((row.result !== undefined && !Number(row.result)) || (row.statusmsg !== undefined && String(row.status) === "0"));
  return Number(part.event?.result) === 1 && !refused;
}

/** What came of it: a class (`done`, `refused`, `unreached`) and a sentence. */
export function judge(family, { status, json, error }) {
  if (error !== undefined) return ["unreached", `Not reached: ${error}. Whether anything was done is not known.`];
  if (json === undefined) return ["unreached", `Not understood: the answer with the status ${status} is no JSON. Look at it as it came, under Raw.`];
  const part = { api2: json?.cpanelresult, uapi: json?.result ?? json, api1: json }[family];
  const done = status === 401 ? false : isDone(family, part);
  if (done) {
    const notes = [part.messages, part.warnings].flat().filter((text) => typeof text === "string" && text);
    return ["done", ["Done.", ...notes].join(" ")];
  }
  return ["refused", `Refused: ${reason(json, part)}`];
}

/** What the function gave, without what stands around it. */
export function payload(family, json) {
  if (family === "uapi") return json?.result?.data ?? json?.data;
  return family === "api1" ? json?.data : json?.cpanelresult?.data;
}
