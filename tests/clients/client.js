// Changes a mailbox's password by the addresses of a cPanel server, with Node's own https:
// client.js WAY HOST:PORT CA-FILE; SECRET is a token or a password, PASSWORD the mailbox's new one.
'use strict';
const fs = require('fs');
const https = require('https');

const [way, host, caFile] = process.argv.slice(2);
const { SECRET: secret, PASSWORD: password } = process.env;

function post(path, headers, fields) {
    return new Promise((resolve, reject) => {
        const options = { method: 'POST', ca: fs.readFileSync(caFile), headers };
        const request = https.request(`https://${host}${path}`, options, (answer) => {
            let body = '';
            answer.on('data', (piece) => { body += piece; });
            answer.on('end', () => (answer.statusCode === 200
                ? resolve({ body, headers: answer.headers })
                : reject(new Error(`${answer.statusCode} ${body}`))));
        });
        request.on('error', reject);
        // Without a length Node sends the body in chunks.
        request.end(new URLSearchParams(fields).toString());
    });
}

const ways = {
    async token() {
        const answer = await post('/json-api/cpanel', { Authorization: `whm root:${secret}` }, {
            cpanel_jsonapi_user: 'bob',
            cpanel_jsonapi_apiversion: 2,
            cpanel_jsonapi_module: 'Email',
            cpanel_jsonapi_func: 'passwdpop',
            domain: 'example.com',
            email: 'user',
            password,
        });
        return answer.body;
    },
    async basic() {
        const login = Buffer.from(`bob:${secret}`).toString('base64');
        const fields = { email: 'user@example.com', password };
        return (await post('/execute/Email/passwd_pop', { Authorization: `Basic ${login}` }, fields)).body;
    },
    async session() {
        const login = await post('/login/?login_only=1', {}, { user: 'bob', pass: secret });
        const Cookie = login.headers['set-cookie'][0].split(';')[0];
        const path = `${JSON.parse(login.body).security_token}/execute/Email/passwd_pop`;
        return (await post(path, { Cookie }, { email: 'user@example.com', password })).body;
    },
};

ways[way]().then((body) => console.log(body), (why) => { console.error(why.message); process.exit(1); });
