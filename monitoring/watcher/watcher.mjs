// The dead man's switch, for a second machine: Alertmanager sends it the heartbeat that always fires, and
// it notifies people itself when the heartbeat stops. One file without packages, for Node 20 and newer:
//
//   WATCHER_TOKEN_FILE=token WATCHER_CHAT_URL_FILE=chat-url node watcher.mjs
//
// docs/notifications.md says how to set up both machines.
//   WATCHER_TOKEN_FILE            the bearer token by which it knows Alertmanager
//   WATCHER_CHAT_URL_FILE         an incoming webhook of Slack, Mattermost or Rocket.Chat: {"text": …}
//   WATCHER_PAGERDUTY_KEY_FILE    an integration key of PagerDuty's Events API v2; one of both is needed
//   WATCHER_PAGERDUTY_URL         another address of that API
//   WATCHER_TIMEOUT_SECONDS       180: the longest silence
//   WATCHER_REPEAT_SECONDS        3600: how often it notifies while the silence lasts
//   WATCHER_RETRY_SECONDS         30: how soon it tries a channel again that failed
//   WATCHER_STATE_FILE            keeps the last heartbeat over a restart
//   WATCHER_CERTIFICATE_FILE, WATCHER_KEY_FILE    for TLS
//   PORT, BIND_ADDRESS            8027 on all addresses
import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const { env } = process;
const mebibyte = 1_048_576;
const retrySeconds = readNumber('WATCHER_RETRY_SECONDS', 30, 3_600);
// Alertmanager sends a heartbeat once a minute.
const graceSeconds = 90;
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};
const pagerDutyUrl = 'https://events.pagerduty.com/v2/enqueue';

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readSecret(variable) {
  const file = env[variable];
  if (!file) return undefined;
  const secret = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return (
    secret || fail(`Expected the file of \`${variable}\`, \`${file}\`, to hold a secret, got none.`)
  );
}

function readNumber(variable, fallback, max) {
  const number = Number(env[variable] || fallback);
  if (Number.isFinite(number) && number > 0 && number <= max) return number;
  return fail(`Expected \`${variable}\` to be a number up to ${max}, got \`${env[variable]}\`.`);
}

const timeoutSeconds = readNumber('WATCHER_TIMEOUT_SECONDS', 180, 86_400);
const repeatSeconds = readNumber('WATCHER_REPEAT_SECONDS', 3_600, 604_800);
const port = readNumber('PORT', 8027, 65_535);
const token = readSecret('WATCHER_TOKEN_FILE') ?? fail('Expected `WATCHER_TOKEN_FILE`, got none.');
const chatUrl = readSecret('WATCHER_CHAT_URL_FILE');
const pagerDutyKey = readSecret('WATCHER_PAGERDUTY_KEY_FILE');
if (!chatUrl && !pagerDutyKey) {
  fail(
    'Expected `WATCHER_CHAT_URL_FILE` or `WATCHER_PAGERDUTY_KEY_FILE`, got neither: nobody would know.',
  );
}
if (chatUrl && !URL.canParse(chatUrl)) {
  fail('Expected the file of `WATCHER_CHAT_URL_FILE` to hold an address, got something else.');
}

const log = (event, fields = {}) =>
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);

/** Milliseconds since 1970; undefined where none was kept. */
function readLastHeartbeat() {
  const file = env.WATCHER_STATE_FILE;
  const at = file && existsSync(file) ? Date.parse(readFileSync(file, 'utf8').trim()) : Number.NaN;
  // A clock that was put back must not keep it alive for hours.
  return at <= Date.now() ? at : undefined;
}

function keepLastHeartbeat(at) {
  const file = env.WATCHER_STATE_FILE;
  if (!file) return;
  try {
    writeFileSync(`${file}.new`, `${new Date(at).toISOString()}\n`);
    renameSync(`${file}.new`, file);
  } catch ({ code }) {
    log('heartbeat_not_kept', { file, code });
  }
}

let lastHeartbeat = readLastHeartbeat();
// The silence goes on over a restart, but the next heartbeat gets the time to arrive.
const silenceBefore = lastHeartbeat === undefined ? 0 : Date.now() - lastHeartbeat;
let silentSince =
  performance.now() - Math.min(silenceBefore, Math.max(0, timeoutSeconds - graceSeconds) * 1_000);

const silentSeconds = () => (performance.now() - silentSince) / 1_000;
const isLate = () => silentSeconds() > timeoutSeconds;

async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(10_000);
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'error' };
  const response = await fetch(url, init);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`answered with ${response.status}`);
}

/** What PagerDuty's Events API v2 takes; the key makes all of an outage one incident. */
function pageOf(text, action) {
  const payload = { summary: text, source: env.HOSTNAME || 'watcher', severity: 'critical' };
  const dedup = { dedup_key: 'watchkeeper-heartbeat' };
  return { routing_key: pagerDutyKey, event_action: action, ...dedup, payload };
}

/** Each tells people by itself: where one of them fails, it alone tries again. */
const channels = [
  chatUrl && { name: 'chat', send: (text) => post(chatUrl, { text }) },
  pagerDutyKey && {
    name: 'pager',
    send: (text, action) => post(env.WATCHER_PAGERDUTY_URL || pagerDutyUrl, pageOf(text, action)),
  },
].filter(Boolean);

function describeSilence() {
  const since = lastHeartbeat === undefined ? 'its start' : new Date(lastHeartbeat).toISOString();
  return (
    `No heartbeat from Alertmanager for ${Math.round(silentSeconds())} s, since ${since}. No alert may ` +
    'reach anybody: see whether the machine, Prometheus and Alertmanager run.'
  );
}

/** Tells people when the silence begins, while it lasts, and when it is over. */
async function tell(channel) {
  const { hasTold = false, retryAt = 0, repeatAt = 0 } = channel;
  const late = isLate();
  const isDue = late ? !hasTold || performance.now() >= repeatAt : hasTold;
  if (!isDue || performance.now() < retryAt) return;
  const text = late ? describeSilence() : 'The heartbeat from Alertmanager is back.';
  try {
    await channel.send(text, late ? 'trigger' : 'resolve');
    channel.hasTold = late;
    channel.repeatAt = performance.now() + repeatSeconds * 1_000;
    log('notified', { channel: channel.name, text });
  } catch ({ message }) {
    channel.retryAt = performance.now() + retrySeconds * 1_000;
    log('notification_failed', { channel: channel.name, reason: message });
  }
}

const digest = (text) => createHash('sha256').update(text).digest();
const expected = digest(`Bearer ${token}`);

/** Whether a notification of Alertmanager has a firing Watchdog. */
function isHeartbeat(text) {
  try {
    const { alerts } = JSON.parse(text);
    return alerts.some(
      ({ status, labels }) => status === 'firing' && labels.alertname === 'Watchdog',
    );
  } catch {
    return false;
  }
}

async function receive(request, response) {
  const [path] = request.url.split('?');
  const answer = (status, text) =>
    response
      .writeHead(status, { 'content-type': 'text/plain', connection: 'close' })
      .end(`${text}\n`);
  if (path === '/health' && request.method === 'GET') {
    const silence = `silent for ${Math.round(silentSeconds())} s`;
    return isLate() ? answer(503, `late, ${silence}`) : answer(200, `alive, ${silence}`);
  }
  if (path !== '/heartbeat') return answer(404, 'Expected POST /heartbeat, or GET /health.');
  if (request.method !== 'POST') return answer(405, 'Expected POST.');
  const { authorization = '' } = request.headers;
  if (!timingSafeEqual(digest(authorization), expected))
    return answer(401, 'Expected the bearer token.');
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > mebibyte) return answer(413, 'Expected at most 1 MiB.');
    chunks.push(chunk);
  }
  if (!isHeartbeat(Buffer.concat(chunks).toString())) {
    return answer(422, 'Expected a notification of Alertmanager with a firing Watchdog.');
  }
  lastHeartbeat = Date.now();
  silentSince = performance.now();
  keepLastHeartbeat(lastHeartbeat);
  return answer(200, 'ok');
}

const listener = (request, response) =>
  void receive(request, response).catch(() => response.destroy());
const { WATCHER_CERTIFICATE_FILE: certificate, WATCHER_KEY_FILE: key } = env;
const server = certificate
  ? createTlsServer(
      { ...limits, cert: readFileSync(certificate), key: readFileSync(key) },
      listener,
    )
  : createServer(limits, listener);
server.on('error', ({ message }) => fail(message));
server.listen(port, env.BIND_ADDRESS || '0.0.0.0', () => log('started', { port, timeoutSeconds }));

const everyMs = Math.min(1_000, timeoutSeconds * 250);
const timers = channels.map((channel) => {
  let isTelling = false;
  return setInterval(async () => {
    if (isTelling) return;
    isTelling = true;
    await tell(channel);
    isTelling = false;
  }, everyMs);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    for (const timer of timers) clearInterval(timer);
    server.close(() => process.exit(0)).closeAllConnections();
  });
}
