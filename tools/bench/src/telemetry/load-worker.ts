// Sends requests to a service and measures their latency; a process of its own, controlled by messages.
// Not autocannon (9.0.0): its histogram counts whole milliseconds (`lowestDiscernibleValue: 1`), and
// most responses here take less than one; its `--overallRate` sends the requests of a second in one burst.
import { connect, type Socket } from 'node:net';

/** Requests to send to a service on this machine. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly seconds: number;
  readonly connections: number;
  /** Evenly spaced; without it, each connection sends as soon as it has a response. */
  readonly ratePerSecond?: number;
}

const closingBrace = 0x7d;
const okStatus = 'HTTP/1.1 200';

interface Run {
  readonly load: Load;
  readonly request: string;
  readonly latenciesMs: number[];
  errors: number;
}

interface Connection {
  readonly socket: Socket;
  /** Undefined while idle. */
  dueAt: number | undefined;
}

/** Opens a connection that calls `onResponse` after each complete response. */
function open(run: Run, onResponse: (connection: Connection) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect(run.load.port, '127.0.0.1');
    const connection: Connection = { socket, dueAt: undefined };
    let isGood = true;
    let isStart = true;
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => resolve(connection));
    socket.on('data', (chunk) => {
      if (isStart) isGood = chunk.toString('latin1', 0, okStatus.length) === okStatus;
      // Every response is a flat JSON object, so its end is the one brace at the end of a chunk.
      isStart = chunk[chunk.length - 1] === closingBrace;
      if (!isStart || connection.dueAt === undefined) return;
      if (!isGood) run.errors += 1;
      run.latenciesMs.push(performance.now() - connection.dueAt);
      connection.dueAt = undefined;
      onResponse(connection);
    });
  });
}

function send(run: Run, connection: Connection, dueAt: number): void {
  connection.dueAt = dueAt;
  connection.socket.write(run.request);
}

/** At maximum rate: each connection sends again as soon as it has a response. */
async function runAtMaximum(run: Run, endsAt: number): Promise<void> {
  const again = (connection: Connection) => {
    const now = performance.now();
    if (now < endsAt) send(run, connection, now);
    else connection.socket.destroy();
  };
  const opened = await Promise.all(
    Array.from({ length: run.load.connections }, () => open(run, again)),
  );
  const closed = opened.map(
    ({ socket }) => new Promise((resolve) => socket.once('close', resolve)),
  );
  for (const connection of opened) again(connection);
  await Promise.all(closed);
}

/** At a fixed rate, however long responses take: a request waits for a connection since it is due. */
async function runPaced(run: Run, ratePerSecond: number, endsAt: number): Promise<void> {
  const idle: Connection[] = [];
  const opened = await Promise.all(
    Array.from({ length: run.load.connections }, () =>
      open(run, (connection) => idle.push(connection)),
    ),
  );
  idle.push(...opened);
  const stepMs = 1_000 / ratePerSecond;
  let dueAt = performance.now();
  await new Promise<void>((resolve) => {
    // Timers, in whole milliseconds, would send requests in bursts; this core has nothing else to do.
    function turn(): void {
      const now = performance.now();
      for (; dueAt <= now && idle.length > 0; dueAt += stepMs) {
        send(run, idle.pop() as Connection, dueAt);
      }
      if (now < endsAt) setImmediate(turn);
      else resolve();
    }
    turn();
  });
  for (const { socket } of opened) socket.destroy();
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/** Latencies count from when a request was due, not from when it was sent. */
export async function measure(load: Load) {
  const request = `GET ${load.path} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  const run: Run = { load, request, latenciesMs: [], errors: 0 };
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1_000;
  await (load.ratePerSecond === undefined
    ? runAtMaximum(run, endsAt)
    : runPaced(run, load.ratePerSecond, endsAt));
  const seconds = (performance.now() - startedAt) / 1_000;
  const sorted = run.latenciesMs.sort((a, b) => a - b);
  return {
    requests: sorted.length,
    errors: run.errors,
    perSecond: sorted.length / seconds,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

process.on('message', async (load: Load) => {
  process.send?.(await measure(load));
});
process.once('disconnect', () => process.exit(0));
