// A contender of the benchmark in a process of its own: `contender.ts <bare|library|recipe>`. It sends
// its ports to its parent, reports its usage on request, and exits with its parent.

import type * as Library from '@watchkeeper/telemetry';
import express, { type RequestHandler } from 'express';
import pg from 'pg';
import { addSeries } from './series.ts';

// The shipped, built library is measured; its types are those of the source.
const built = new URL('../../../../../packages/telemetry/dist/index.js', import.meta.url).href;
const [kind] = process.argv.slice(2);

const app = express();
let pool: pg.Pool | undefined;
const { DATABASE_URL: connectionString } = process.env;
if (connectionString !== undefined) pool = new pg.Pool({ connectionString, max: 10 });

let managementAddress: string | undefined;
if (kind === 'library') {
  const { httpMiddleware, instrumentPool, ...library } = (await import(built)) as typeof Library;
  const reader = library.createEnvironmentReader({ OTEL_SERVICE_NAME: 'bench', ...process.env });
  const telemetry = await library.createTelemetry(library.readTelemetryConfiguration(reader));
  reader.finish();
  addSeries(telemetry, library, Number(process.env.SERIES ?? 0));
  managementAddress = await telemetry.startManagement();
  app.use(httpMiddleware(telemetry));
  if (pool !== undefined) instrumentPool(pool, telemetry);
}
if (kind === 'recipe') {
  const { recipeMiddleware } = await import('./recipe-middleware.ts');
  app.use(recipeMiddleware() as RequestHandler);
}

app.get('/hello/:id', (request, response) => {
  response.json({ id: request.params.id, greeting: 'hello' });
});
app.get('/row/:id', async (request, response) => {
  const result = await pool?.query('SELECT $1::text AS id', [request.params.id]);
  response.json(result?.rows[0]);
});

/** The longest time without a turn of the event loop since the last reading. */
let longestBlockMs = 0;
let watch: NodeJS.Immediate | undefined;
function watchBlocks(startedAt: number): void {
  const now = performance.now();
  longestBlockMs = Math.max(longestBlockMs, now - startedAt);
  watch = setImmediate(watchBlocks, now);
}

process.on('message', (request) => {
  const { user, system } = process.cpuUsage();
  const { active } = performance.eventLoopUtilization();
  const usage = {
    cpuMicros: user + system,
    activeMs: active,
    rssBytes: process.memoryUsage.rss(),
    longestBlockMs,
  };
  clearImmediate(watch);
  longestBlockMs = 0;
  if (request === 'watch') watch = setImmediate(watchBlocks, performance.now());
  process.send?.(usage);
});
process.once('disconnect', () => process.exit(0));

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.send?.({ port, managementAddress });
});
