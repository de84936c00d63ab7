// A billing system's round, written from the public documentation of WHM's API 0 and API 1.
// billing.js SHAPE PART HOST:PORT CA-FILE USER    SHAPE: api0, api1, xml; PART: open, close
// WHM_TOKEN is root's token. The part open prints, as JSON, where the customer's browser is to go.

const fs = require('fs');
const https = require('https');

const [shape, part, host, ca, user] = process.argv.slice(2);
const PASSWORD = 'First-Pass & 1%';
const NEXT = 'Second+Pass=2 ü';
const [gold, silver] = [`${user}_gold`, `${user}_silver`];

function check(good, ...what) {
  if (!good) {
    console.error(shape, part, JSON.stringify(what));
    process.exit(1);
  }
}

/** The status and the text of an answer. */
function send(path, fields, token = process.env.WHM_TOKEN) {
  const body = new URLSearchParams(fields).toString();
  const options = {
    method: 'POST',
    ca: fs.readFileSync(ca),
    headers: {
      Authorization: `whm root:${token}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body),
    },
  };
  return new Promise((resolve, reject) => {
    const request = https.request(`https://${host}/${path}`, options, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve([answer.statusCode, Buffer.concat(chunks).toString()]));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** An XML document as objects, without attributes, which answers have none of; names that come again make a list. */
function parse(text) {
  const tokens = text.replace(/<\?.*?\?>/, '').match(/<[^>]+>|[^<]+/g);
  const read = (name) => {
    const members = {};
    let words = '';
    for (;;) {
      const token = tokens.shift();
      if (token === `</${name}>`) {
        const unescaped = words.replace(/&(\w+);/g, (all, entity) => ENTITIES[entity] ?? all);
        return Object.keys(members).length ? members : unescaped;
      }
      if (!token.startsWith('<')) {
        words += token;
        continue;
      }
      const child = token.slice(1, -1);
      const value = read(child);
      members[child] = child in members ? [members[child], value].flat() : value;
    }
  };
  while (!tokens[0].startsWith('<')) tokens.shift();
  const root = tokens.shift().slice(1, -1);
  return [root, read(root)];
}

const first = (list) => (Array.isArray(list) ? list[0] : list);
const list = (value) => (Array.isArray(value) ? value : [value]);

/** WHM API 1: whether it was done, why or why not, and the answer. */
async function one(name, fields) {
  const form = { 'api.version': 1, ...fields };
  const [, text] = await send(`${shape === 'xml' ? 'xml' : 'json'}-api/${name}`, form);
  const [root, answer] = shape === 'xml' ? parse(text) : ['result', JSON.parse(text)];
  check(root === 'result' && answer.metadata, text);
  return [Number(answer.metadata.result) === 1, answer.metadata.reason, answer];
}

/** WHM API 0. */
async function zero(name, fields) {
  const [, text] = await send(`${shape === 'xml' ? 'xml' : 'json'}-api/${name}`, fields);
  const [root, answer] = shape === 'xml' ? parse(text) : [name, JSON.parse(text)];
  check(root === name, text);
  const row = first(answer.result ?? answer.passwd ?? answer);
  return [Number(row.status ?? 1) === 1, row.statusmsg, answer];
}

const call = (name, fields) => (shape === 'api1' ? one : zero)(name, fields);

async function done(name, fields = {}) {
  const [good, why, answer] = await call(name, fields);
  check(good, name, why);
  return answer;
}

async function refused(words, name, fields) {
  const [good, why] = await call(name, fields);
  check(!good && why.includes(words), name, why);
}

async function account() {
  const answer = await done('accountsummary', { user });
  return first((shape === 'api1' ? answer.data : answer).acct);
}

async function open() {
  await done('addpkg', { name: gold, maxpop: 2, quota: 100 });
  await done('addpkg', { name: silver, maxpop: 5, quota: 'unlimited' });
  const packages = await done('listpkgs');
  const names = list(shape === 'api1' ? packages.data.pkg : packages.package).map((row) => row.name);
  check(names.includes(gold) && names.includes(silver), names);
  const fresh = { username: user, domain: `${user}.example`, password: PASSWORD, contactemail: 'owner@elsewhere.example' };
  await refused('nosuch', 'createacct', { ...fresh, plan: 'nosuch' });
  await refused('does not exist', 'accountsummary', { user });
  const made = await done('createacct', { ...fresh, plan: gold });
  const result = first(made.result) ?? {};
  const raw = shape === 'api1' ? made.metadata.output.raw : result.rawout;
  check(raw.includes('New Account Info') && !raw.includes(PASSWORD), raw);
  check((shape === 'api1' ? made.data : result.options).package === gold, made);
  await refused('already exists', 'createacct', { ...fresh, plan: gold });
  let known = await account();
  check(known.plan === gold && known.maxpop === '2' && known.disklimit === '100M', known);
  check(Number(known.suspended) === 0 && known.email === 'owner@elsewhere.example', known);
  await done('suspendacct', { user, reason: 'unpaid' });
  check(Number((await account()).suspended) === 1);
  await done('unsuspendacct', { user });
  check(Number((await account()).suspended) === 0);
  await refused('nosuch', 'changepackage', { user, pkg: 'nosuch' });
  await done('changepackage', { user, pkg: silver });
  known = await account();
  check(known.plan === silver && known.maxpop === '5' && known.disklimit === 'unlimited', known);
  await done('passwd', { user, password: NEXT });
  // Only API 1 has sessions.
  const [good, why, answer] = await one('create_user_session', { user, service: 'cpaneld', preferred_domain: 'localhost' });
  check(good && answer.data.url.includes(answer.data.cp_security_token), why);
  console.log(JSON.stringify({ url: answer.data.url, user, password: NEXT }));
}

async function close() {
  const [status, text] = await send(`${shape === 'xml' ? 'xml' : 'json'}-api/listaccts`, {}, 'WRONG-TOKEN');
  check([401, 403].includes(status) && !text.includes('acct'), status, text);
  await done('removeacct', { [shape === 'api1' ? 'username' : 'user']: user });
  await refused('does not exist', 'accountsummary', { user });
  for (const name of [gold, silver]) {
    await done('killpkg', { [shape === 'api1' ? 'pkgname' : 'pkg']: name });
  }
}

(part === 'open' ? open() : close()).catch((cause) => check(false, String(cause)));
