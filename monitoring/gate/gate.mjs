// The published door of Prometheus, Alertmanager, Loki and Jaeger, none of which knows a browser's pages
// from those of other sites: Alertmanager lets every page read and silence alerts. Run by Node in both
// modes, without packages. For each NAME with GATE_<NAME>_PORT and GATE_<NAME>_URL it forwards what its
// own pages and programs send, and refuses foreign pages and foreign hosts (docs/security.md).
// With GATE_CERTIFICATE_FILE and GATE_KEY_FILE it speaks TLS; with GATE_PEOPLE_FILE it asks for the user
// `operator` and the password in that file.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';

const { env } = process;
const names = ['PROMETHEUS', 'ALERTMANAGER', 'LOKI', 'JAEGER', 'ONCALL'];
const allowedHosts = (env.ALLOWED_HOSTS ?? '')
  .toLowerCase()
  .split(/[\s,]+/)
  .filter(Boolean);
// Natively the programs behind it are on loopback too, and ask for a password that only it has.
const password = readSecret('GATE_PASSWORD_FILE');
const people = readSecret('GATE_PEOPLE_FILE');
const tls = env.GATE_CERTIFICATE_FILE && {
  cert: readFileSync(env.GATE_CERTIFICATE_FILE),
  key: readFileSync(env.GATE_KEY_FILE),
};
// Slow senders end as at the other servers.
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
};

// Loki has no switch for its routes that end the process, or write and delete beside `push`. A route that
// is not named here, or in another spelling, is not published.
const queries = String.raw`query|query_range|labels|series|format_query|index/\w+`;
const others = String.raw`label/\w+/values|patterns|detected_\w+|rules|alerts|status/buildinfo`;
const lokiReads = new RegExp(
  `^/(loki/api/v1/(${queries}|${others})|prometheus/api/v1/(rules|alerts)|ready|metrics)$`,
);
const lokiPosts = new RegExp(`^/loki/api/v1/(push|${queries})$`);
const between = /^(connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|proxy-.*)$/;

/** Undefined where the variable is not set; an empty file must not open the door. */
function readSecret(variable) {
  const file = env[variable];
  if (!file) return undefined;
  const secret = readFileSync(file, 'utf8').trim();
  if (secret !== '') return secret;
  throw new Error(`Expected the file of \`${variable}\`, \`${file}\`, to hold a secret, got none.`);
}

function isLokis({ method, url }) {
  const [path] = url.split('?');
  if (method === 'POST') return lokiPosts.test(path);
  return ['GET', 'HEAD'].includes(method) && lokiReads.test(path);
}

/** @returns {[number, string] | undefined} */
function refusalOf({ method, headers, headersDistinct }) {
  const { host = '', origin, 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode } = headers;
  const [, name = '', port = 0] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(host) ?? [];
  if (name === '' || port > 65_535 || headersDistinct.host?.length !== 1)
    return [400, 'Expected one valid Host.'];
  // Nobody can point an address, or a name without a dot, at this machine from the Internet.
  const isAddress = isIP(name.replace(/[[\]]/g, '')) !== 0 || !name.includes('.');
  if (!isAddress && !allowedHosts.includes(name.toLowerCase())) {
    return [421, 'Expected a host of this server. Add its name to ALLOWED_HOSTS.'];
  }
  const isLink =
    method === 'GET' && mode === 'navigate' && headers['sec-fetch-dest'] === 'document';
  const isOwnSite = site === 'none' || site === 'same-origin' || isLink;
  // A page under `Referrer-Policy: no-referrer` hides its origin also from its own server; for that of
  // a sandboxed frame, `null` as well, a browser says `cross-site`.
  const isHidden = origin === 'null' && headers['sec-fetch-site'] === 'same-origin';
  const isOwnOrigin =
    origin === undefined ||
    isHidden ||
    (URL.canParse(origin) && new URL(origin).host === host.toLowerCase());
  return isOwnSite && isOwnOrigin ? undefined : [403, 'Expected a page of this server.'];
}

// Of equal length, so that the comparison takes the same time for every guess.
const digest = (text) => createHash('sha256').update(text).digest();
const expected = digest(`Basic ${btoa(`operator:${people}`)}`);

function isOperator({ headers: { authorization = '' } }) {
  return !people || timingSafeEqual(digest(authorization), expected);
}

function isNamed({ headers: { host } }) {
  return host.includes('.');
}

function withoutHops(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !between.test(name)));
}

function answer(response, status, text) {
  if (response.headersSent) return response.destroy();
  return response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
}

function forward(name, url, request, response) {
  const headers = { ...withoutHops(request.headers), host: url.host };
  // Both were for this server, which has checked them; to the program it is another host.
  delete headers.origin;
  if (people) delete headers.authorization;
  if (password) headers.authorization = `Basic ${btoa(`gate:${password}`)}`;
  const { method, url: path } = request;
  // Each on a connection of its own: a kept one may be closed at the moment of its use.
  const upstream = send(url, { method, path, headers, agent: false }, (reply) => {
    const kept = Object.entries(withoutHops(reply.headers)).filter(
      ([header]) => !header.startsWith('access-control-'),
    );
    const own = {
      ...{ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' },
      // Not for `localhost`, where other programs speak HTTP.
      ...(tls && isNamed(request) && { 'strict-transport-security': 'max-age=31536000' }),
    };
    response.writeHead(reply.statusCode, { ...Object.fromEntries(kept), ...own });
    reply.on('error', () => response.destroy()).pipe(response);
  });
  upstream.on('error', ({ code }) => answer(response, 502, `${name} does not answer (${code}).`));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

const servers = names.flatMap((name) => {
  const [port, target] = [env[`GATE_${name}_PORT`], env[`GATE_${name}_URL`]];
  if (!port || !target) return [];
  const url = new URL(target);
  const listener = (request, response) => {
    const refusal = refusalOf(request);
    if (refusal) return answer(response, ...refusal);
    if (!isOperator(request)) {
      response.setHeader('www-authenticate', 'Basic realm="monitoring", charset="UTF-8"');
      return answer(response, 401, 'Expected the user `operator` and the password.');
    }
    if (name === 'LOKI' && !isLokis(request)) return answer(response, 403, 'Not published.');
    return forward(name.toLowerCase(), url, request, response);
  };
  const server = tls
    ? createTlsServer({ ...limits, ...tls, handshakeTimeout: limits.headersTimeout }, listener)
    : createServer(limits, listener);
  server.listen(Number(port), env.BIND_ADDRESS ?? '127.0.0.1');
  return [server];
});

process.on('SIGTERM', () => {
  for (const server of servers) server.close().closeAllConnections();
});
