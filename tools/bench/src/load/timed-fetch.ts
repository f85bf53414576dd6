// Preloaded by the traffic: writes the timing of each of its requests to `TIMINGS_FILE`, as lines of
// time, status (0 for no response), milliseconds, method and path.
import { appendFileSync } from 'node:fs';

const file = process.env.TIMINGS_FILE ?? '';
const flushEveryMs = 250;
const statusesWithoutBody = [204, 205, 304];
const original = globalThis.fetch;
let lines = '';

function flush(): void {
  if (lines !== '') appendFileSync(file, lines);
  lines = '';
}

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const startedAt = performance.now();
  let status = 0;
  try {
    const response = await original(input, init);
    const { headers } = response;
    // The traffic waits for the last byte.
    const body = await response.arrayBuffer();
    status = response.status;
    return new Response(statusesWithoutBody.includes(status) ? null : body, { status, headers });
  } finally {
    const tookMs = (performance.now() - startedAt).toFixed(2);
    lines += `${Date.now()} ${status} ${tookMs} ${init?.method ?? 'GET'} ${url.pathname}\n`;
  }
};

setInterval(flush, flushEveryMs).unref();
process.once('exit', flush);
