import { expect, test } from '@jest/globals';
import { readTelemetryConfiguration } from '../configuration.ts';
import { createEnvironmentReader } from '../environment-reader.ts';
import { createLoggers, type Logger } from './logger.ts';

const maxLineBytes = 64_000;

function logTo(written: string[]): Logger {
  const configuration = readTelemetryConfiguration(
    createEnvironmentReader({ OTEL_SERVICE_NAME: 'test' }),
  );
  return createLoggers(configuration, { write: (text) => void written.push(text) }).logger;
}

/** Plain objects, each of which has all others. */
function referringObjects(count: number): object {
  const objects = Array.from({ length: count }, (_, id) => ({ id }) as Record<string, unknown>);
  for (const object of objects) {
    for (const [index, other] of objects.entries()) object[`other${index}`] = other;
  }
  return objects[0] as object;
}

function nested(depth: number): object {
  return depth === 0 ? { password: 'hunter2' } : { inner: nested(depth - 1) };
}

function endless(): object {
  return {
    next: new Proxy({}, { ownKeys: () => ['next'], get: endless, getOwnPropertyDescriptor }),
  };
}
const getOwnPropertyDescriptor = () => ({ enumerable: true, configurable: true, value: 1 });

const million = 1_000_000;

test.each<[string, unknown]>([
  ['12 plain objects that refer to each other', referringObjects(12)],
  ['100 of them', referringObjects(100)],
  ['a text', 'x'.repeat(million)],
  ['a text of another alphabet', '語'.repeat(million)],
  ['a text of control characters', '\u0001'.repeat(100_000)],
  ['a text that is all secrets', 'password=x '.repeat(20_000)],
  ['an array', Array.from({ length: million }, (_, index) => index)],
  ['an array of holes', new Array(million)],
  ['an array of texts', Array.from({ length: 1_000 }, () => 'y'.repeat(1_000))],
  [
    'an object of many fields',
    Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, 'z'.repeat(50)])),
  ],
  ['a map', new Map(Array.from({ length: 100_000 }, (_, index) => [index, index]))],
  ['a name that comes often', new URLSearchParams('a=b&'.repeat(50_000))],
  ['an integer', 10n ** 100_000n],
  ['a set', new Set(Array.from({ length: 100_000 }, (_, index) => `item ${index}`))],
  ['bytes', Buffer.alloc(10 * million)],
  ['a deep object', nested(2_000)],
  ['an object without end', endless()],
  ['a name', { ['n'.repeat(million)]: 1 }],
  ['an error with a long message', new Error('m'.repeat(million))],
  [
    'an error of many members',
    new AggregateError(Array.from({ length: 1_000 }, () => new Error('e'.repeat(1_000)))),
  ],
  [
    'a chain of causes',
    Array.from({ length: 50 }).reduce(
      (cause) => new Error('c'.repeat(5_000), { cause }),
      undefined,
    ),
  ],
  ['a thrown object', { ...referringObjects(12) }],
])('bounds a line with %s, and keeps the rest of it', (name, value) => {
  const written: string[] = [];
  const logger = logTo(written);
  const writes = [
    () => logger.info({ event: 'e', value, after: 'it' }, 'message kept'),
    () => logger.error({ event: 'e', err: value, after: 'it' }, 'message kept'),
    () =>
      logger.info({ event: 'e', a: value, b: [value], c: { value }, after: 'it' }, 'message kept'),
    () => logger.child({ value }).info({ event: 'e', after: 'it' }, 'message kept'),
  ];
  for (const write of writes) write();
  for (const line of written) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
    const fields = JSON.parse(line);
    expect(fields).toMatchObject({ event: 'e', after: 'it', msg: 'message kept' });
    if (name !== 'bytes') expect(line).toMatch(/truncated/);
    expect(line).not.toContain('hunter2');
  }
});

test('says in the line what was cut', () => {
  const written: string[] = [];
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  logTo(written).info({ body: 'x'.repeat(100_000), items, deep: nested(20) }, 'cut');
  const line = JSON.parse(written[0] ?? '');
  expect(line.line_truncated).toEqual([
    'body: 83616 characters',
    expect.stringMatching(/^items: \d+ items$/),
    'deep: what is deeper than 10 levels',
  ]);
  expect(line.body).toMatch(/x\[truncated: 83616 characters\]$/);
  expect(line.items.at(-1)).toMatch(/^\[truncated: \d+ items\]$/);
});

test('cuts many fields, a message, arguments and bindings alike', () => {
  const written: string[] = [];
  const logger = logTo(written);
  const names = Array.from({ length: 5_000 }, (_, index) => [`field_${index}`, 'v'.repeat(50)]);
  const fields = Object.fromEntries(names);
  logger.info(fields, 'kept');
  logger.info('%j %s', fields, 'w'.repeat(million));
  let child = logger;
  for (let level = 0; level < 30; level += 1) {
    child = child.child({ [`bound_${level}`]: '語'.repeat(1_000) });
    child.setBindings({ again: 'é'.repeat(500) });
  }
  child.info(fields, 'w'.repeat(million));
  for (const line of written) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
    expect(JSON.stringify(JSON.parse(line))).toMatch(/truncated/);
  }
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ field_0: expect.any(String), msg: 'kept' });
});

test('takes no longer for 12 objects that refer to each other than for a line of its size', () => {
  const logger = logTo([]);
  const value = referringObjects(12);
  // By the best of many: what counts is the work, which a busy machine only makes seem more.
  const durations = Array.from({ length: 50 }, () => {
    const startedAt = performance.now();
    logger.info({ value }, 'referring');
    return performance.now() - startedAt;
  });
  expect(Math.min(...durations)).toBeLessThan(5);
});

test('looks at the clock while it writes, and stops in time', () => {
  const written: string[] = [];
  const slow = Array.from({ length: 500 }, () => ({
    get value() {
      const until = performance.now() + 0.5;
      while (performance.now() < until);
      return 1;
    },
  }));
  logTo(written).info({ slow, event: 'e' }, 'kept');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    ...{ event: 'e', msg: 'kept' },
    line_truncated: expect.arrayContaining([expect.stringMatching(/^slow: \d+ items$/)]),
  });
});
