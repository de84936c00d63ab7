// Counts a request in UTF-16 units, takes the first piece that comes for the whole answer, reads it with rules of XML,
// and waits for one more piece at the end. The new password comes on standard input.
const net = require('net');
const password = require('fs').readFileSync(0, 'utf8');
const socket = net.connect(process.env.CPANEL_CONNECT_SOCKET);
const ask = (request) => new Promise((resolve, reject) => {
  socket.once('data', (piece) => {
    const answer = piece.toString();
    const found = /^<\?xml version="1.0" \?>\n<cpanelresult>([^<>&]*)<\/cpanelresult>\n$/.exec(answer);
    found ? resolve(found[1]) : reject(new Error('no whole answer: ' + JSON.stringify(answer)));
  });
  socket.once('error', reject);
  socket.write(request.length + '\n' + request);
});
(async () => {
  await ask('<cpaneljson enable="1">');
  const call = { reqtype: 'exec', module: 'Email', func: 'passwdpop', apiversion: '2',
    args: { domain: 'example.com', email: 'user', password } };
  const answer = JSON.parse(await ask('<cpanelaction>' + JSON.stringify(call) + '</cpanelaction>'));
  process.stdout.write(JSON.stringify(answer.cpanelresult.data[0]));
  await ask('<cpanelxml shutdown="1" />');
  socket.destroy();
})().catch((cause) => { console.error(cause.message); process.exit(1); });
