// The same call as an address and in four languages. Every value is quoted for its language, whatever it holds.

/** What stands for a secret that is not to be seen. As a new password it is too weak. */
export const MASK = "********";

/** Percent-encoded so that a shell, too, leaves every character as it is. */
const encoded = (text) => encodeURIComponent(text).replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
/** In single quotation marks of PHP and Perl, where only these two mean something. */
const single = (text) => `'${text.replace(/[\\']/g, "\\$&")}'`;
/** A string of C: bytes of ASCII alone, and no trigraph. */
const cString = (text) => `"${text.replace(/["\\?]/g, "\\$&")}"`;
/** JSON of ASCII alone. */
const json = (value) => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The path where the function is called, and the parameters that say which it is. */
export function target({ family, module, func }) {
  if (family === "uapi") return ["/execute/" + [module, func].map(encodeURIComponent).join("/"), []];
  const version = family === "api1" ? "1" : "2";
  return ["/json-api/cpanel", [["apiversion", version], ["module", module], ["func", func]].map(([name, value]) => [`cpanel_jsonapi_${name}`, value])];
}

function address(one, args) {
  const [path, control] = target(one);
  const pairs = [...control, ...args.map(({ name, value }) => [name, value])];
  const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${value === MASK ? MASK : encoded(value)}`).join("&");
  return location.origin + path + (query && `?${query}`);
}

function script(one, args, pair, [open, close]) {
  const values = args.map(({ name, value }) => (one.family === "api1" ? single(value) : pair(single(name), single(value))));
  const inside = values.join(", ");
  const list = one.family === "api1" || !inside ? `[${inside}]` : `${open}${inside}${close}`;
  return `$cpanel->${one.family}(${single(one.module)}, ${single(one.func)}, ${list});`;
}

function c(one, args) {
  const values = one.family === "api1" ? args.map(({ value }) => value) : Object.fromEntries(args.map(({ name, value }) => [name, value]));
  return `char *answer = ${one.family}(${cString(one.module)}, ${cString(one.func)}, ${cString(json(values))});`;
}

function shell(one, args) {
  const program = { api1: "cpapi1", api2: "cpapi2", uapi: "uapi" }[one.family];
  // A word that begins with - would be an option; one without a character would be none.
  const value = (text) => (text === MASK ? `'${MASK}'` : encoded(text).replace(/^-/, "%2D"));
  const word = ({ name, value: text }) => (one.family === "api1" ? value(text) || "''" : `${value(name)}=${value(text)}`);
  return [program, one.module, one.func, ...args.map(word)].join(" ");
}

/** All lines. Secrets are masked unless they are to be shown. */
export function lines(one, args, showSecrets) {
  const seen = args.map((arg) => ({ ...arg, value: arg.secret && !showSecrets ? MASK : arg.value }));
  const arrow = (name, value) => `${name} => ${value}`;
  return {
    url: address(one, seen),
    php: "$answer = " + script(one, seen, arrow, ["[", "]"]),
    perl: "my $answer = " + script(one, seen, arrow, ["{ ", " }"]),
    c: c(one, seen),
    sh: shell(one, seen),
  };
}
