// The functions that the daemon knows, and how to find one.

export const FAMILIES = { api2: "API 2", uapi: "UAPI", api1: "API 1" };
/** How the part of an address behind # and a typed name may look. */
const NAME = /^\w+(::\w+)*$/;
const MOST = 50;

let all = [];

/** Reads the catalogue; each function once in the form in which the page works with it. */
export async function load(place) {
  const { params, functions } = await (await fetch(place)).json();
  const known = params.map(([name, kind, required, meaning]) => ({ name, kind, required: required === 1, meaning }));
  all = functions.map(([family, module, func, summary, list, at]) => ({
    family, module, func, summary, list: list === 1, known: true, params: at.map((place) => known[place]),
  }));
}

/** The function of that name, whether the catalogue has it or not; nothing for what cannot be a name. */
export function named(family, module, func) {
  if (!(Object.hasOwn(FAMILIES, family) && NAME.test(module) && NAME.test(func))) return null;
  const is = (one) => one.family === family && one.module === module && one.func === func;
  return all.find(is) ?? {
    family, module, func, params: [], list: family !== "api1", known: false,
    summary: "This function is not in the catalogue. Whether there is one, the answer tells.",
  };
}

/** Functions in whose module, name or meaning all words stand; those whose name begins so come first. */
export function find(family, text) {
  const words = text.toLowerCase().split(/[\s:]+/).filter(Boolean);
  const rank = ({ module, func, summary }) => {
    const name = `${module} ${func}`.toLowerCase();
    if (!words.every((word) => name.includes(word) || summary.toLowerCase().includes(word))) return 3;
    if (words.some((word) => func.toLowerCase().startsWith(word))) return 0;
    return words.some((word) => name.includes(word)) ? 1 : 2;
  };
  const found = all.filter((one) => one.family === family).map((one) => [rank(one), one]).filter(([at]) => at < 3);
  found.sort(([a], [b]) => a - b);
  const shown = found.slice(0, MOST).map(([, one]) => one);
  const [module, func, ...more] = text.trim().split(/::(?=\w+$)/);
  const typed = func && !more.length && named(family, module, func);
  if (typed && !typed.known) shown.push(typed);
  return { shown, more: found.length - Math.min(found.length, MOST) };
}

/** The part of an address that names a function, and back. It holds no parameter. */
export const link = ({ family, module, func }) => `#${family}/${module}/${func}`;

export function linked(hash) {
  try {
    const [family, module, func, ...more] = decodeURIComponent(hash.slice(1)).split("/");
    return more.length || !module || !func ? null : named(family, module, func);
  } catch {
    return null;
  }
}
