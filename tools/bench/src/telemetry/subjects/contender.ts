// One contender of the benchmark, in a process of its own: `contender.ts <bare|library|recipe>`. It
// says its ports to its parent, answers what it is asked about itself, and ends with its parent.

import type * as Library from '@watchkeeper/telemetry';
import express, { type RequestHandler } from 'express';
import pg from 'pg';
import { addSeries } from './series.ts';

// What is shipped is measured: the built library, whose types are those of the source.
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

/** The longest time for which nothing else got its turn, from one call to the next. */
let longestPieceMs = 0;
let watch: NodeJS.Immediate | undefined;
function watchPieces(startedAt: number): void {
  const now = performance.now();
  longestPieceMs = Math.max(longestPieceMs, now - startedAt);
  watch = setImmediate(watchPieces, now);
}

process.on('message', (question) => {
  const { user, system } = process.cpuUsage();
  const { active } = performance.eventLoopUtilization();
  const answer = {
    cpuMicros: user + system,
    activeMs: active,
    rssBytes: process.memoryUsage.rss(),
    longestPieceMs,
  };
  clearImmediate(watch);
  longestPieceMs = 0;
  if (question === 'watch') watch = setImmediate(watchPieces, performance.now());
  process.send?.(answer);
});
process.once('disconnect', () => process.exit(0));

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.send?.({ port, managementAddress });
});
