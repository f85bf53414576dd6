import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { createLokiClient } from '@watchkeeper/testing/loki';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../monitoring/loki/rules/fake');
const rules = readdirSync(folder).flatMap((file) => {
  const { groups } = parse(readFileSync(join(folder, file), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  return groups.flatMap((group) => group.rules);
});

// Native mode cannot fetch Loki: no archive has it.
const hasLoki = findOnPath(['loki']) !== undefined;
const describeWithLoki = hasLoki ? describe : describe.skip;
const nowSeconds = Math.floor(Date.now() / 1_000);

/** The lines of a service: how many a minute, from and to how many minutes ago. */
interface Phase {
  readonly level: string;
  readonly perMinute: number;
  readonly from: number;
  readonly to: number;
  readonly event?: string;
}

// Each is a service of its own, named after its behaviour.
const services: Readonly<Record<string, readonly Phase[]>> = {
  'surges-from-nothing': [{ level: 'error', perMinute: 60, from: 5, to: 0 }],
  'surges-to-eleven-times-its-hour': [
    { level: 'error', perMinute: 6, from: 66, to: 5 },
    { level: 'fatal', perMinute: 72, from: 5, to: 0 },
  ],
  'rises-to-nine-times-its-hour': [
    { level: 'error', perMinute: 10, from: 66, to: 5 },
    { level: 'error', perMinute: 85, from: 5, to: 0 },
  ],
  'errs-as-always': [{ level: 'error', perMinute: 60, from: 66, to: 0 }],
  'errs-once-in-a-quiet-night': [{ level: 'error', perMinute: 5, from: 1, to: 0 }],
  'ends-by-an-unhandled-error': [
    { level: 'fatal', perMinute: 1, from: 5, to: 4, event: 'process_crashed' },
  ],
  'ended-yesterday': [{ level: 'fatal', perMinute: 1, from: 60, to: 59, event: 'process_crashed' }],
  'only-warns': [{ level: 'warn', perMinute: 120, from: 5, to: 0 }],
};

function linesOf(phase: Phase): [time: string, line: string, metadata: Record<string, string>][] {
  const { perMinute, from, to, event } = phase;
  return Array.from({ length: Math.round(perMinute * (from - to)) }, (_, index) => {
    const seconds = nowSeconds - from * 60 + (index * 60) / perMinute;
    const metadata: Record<string, string> = event === undefined ? {} : { event };
    return [`${Math.round(seconds * 1_000)}000000`, `line ${index}`, metadata];
  });
}

describeWithLoki(`the rules of Loki${hasLoki ? '' : ' (`loki` is not on PATH)'}`, () => {
  const stateFolder = makeTemporaryFolder('loki');
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ stateFolder, ports: 'free', components: ['loki'] });
    const streams = Object.entries(services).flatMap(([service, phases]) =>
      phases.map((phase) => ({
        stream: { service, level: phase.level, environment: 'test' },
        values: linesOf(phase),
      })),
    );
    const push = async () => {
      const response = await fetch(`${stack.address('loki')}/loki/api/v1/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ streams }),
      });
      return response.status === 204;
    };
    // Its ring is empty for the first seconds.
    await waitUntil('Loki to take the lines', push, 60_000);
  }, 120_000);

  afterAll(async () => {
    await stack?.stop();
    removeTemporaryFolders();
  }, 60_000);

  test('are all loaded by its ruler', async () => {
    const client = createLokiClient(stack.address('loki'));
    await waitUntil('the ruler', async () => (await client.rules()).length > 0, 60_000);
    const loaded = await client.rules();
    expect(loaded.map(({ name }) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  }, 90_000);

  test.each([
    ['ErrorLogSurge', ['surges-from-nothing', 'surges-to-eleven-times-its-hour']],
    ['UnhandledErrors', ['ends-by-an-unhandled-error']],
  ])(
    '%s holds for its fault, not for what a service always does or did long ago',
    async (name, expected) => {
      const expression = rules.find(({ alert }) => alert === name)?.expr ?? '';
      const parameters = new URLSearchParams({ query: expression, time: `${nowSeconds}` });
      const response = await fetch(`${stack.address('loki')}/loki/api/v1/query?${parameters}`);
      const { data } = (await response.json()) as {
        data: { result: { metric: { service: string } }[] };
      };
      expect(data.result.map(({ metric }) => metric.service).sort()).toEqual(expected);
    },
    60_000,
  );
});
