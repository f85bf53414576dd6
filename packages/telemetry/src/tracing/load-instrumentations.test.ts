import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { processTestMs } from '@watchkeeper/testing/started-process';

jest.setTimeout(processTestMs);

/** The names of the instrumentations that are loaded and made where these are enabled. */
async function load(enabled: string): Promise<{ loaded: string[]; made: string[] }> {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load(url, context, next) {
      const name = /^file:.*@opentelemetry\\/(instrumentation-[^/]+)\\//.exec(url)?.[1];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    } });
    const { loadAutoInstrumentations } = await import(process.argv[1]);
    const { getNodeAutoInstrumentations } = await loadAutoInstrumentations(process.argv[2]);
    const made = getNodeAutoInstrumentations().map((each) => each.instrumentationName.split('/')[1]);
    console.log(JSON.stringify({ loaded: [...loaded].sort(), made: made.sort() }));`;
  const script = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...script, pathToFileURL(join(import.meta.dirname, 'load-instrumentations.ts')).href, enabled],
    { env: { ...process.env, OTEL_NODE_ENABLED_INSTRUMENTATIONS: enabled } },
  );
  return JSON.parse(stdout);
}

test('loads of fifty instrumentations those that are enabled', async () => {
  const names = ['instrumentation-express', 'instrumentation-pg'];
  expect(await load('pg, express')).toEqual({ loaded: names, made: names });
});

test('creates any enabled instrumentation', async () => {
  const all = ['amqplib', 'aws-sdk', 'grpc', 'ioredis', 'kafkajs', 'mongodb', 'openai', 'pino'];
  const names = all.map((name) => `instrumentation-${name}`);
  expect(await load(all.join(','))).toMatchObject({ made: names });
});
