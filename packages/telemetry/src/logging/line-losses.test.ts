import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import { createEnvironmentReader, createTelemetry, readTelemetryConfiguration } from '../index.ts';
import { openLogDestination } from './destination.ts';

useStartedProcesses();

const library = join(import.meta.dirname, '../index.ts');
const start = `
  import { createEnvironmentReader, createTelemetry, readTelemetryConfiguration } from '${library}';
  const reader = createEnvironmentReader(process.env);
  const { logger } = await createTelemetry(readTelemetryConfiguration(reader));
  const log = (count, from = 0, size = 0) => {
    for (let i = from; i < from + count; i += 1) logger.info({ i, filler: 'x'.repeat(size) }, 'line');
  };
`;
const environment = { PATH: process.env.PATH, OTEL_SERVICE_NAME: 'test', METRICS_ENABLED: 'false' };

function writeProgram(end: string): string {
  const file = join(makeTemporaryFolder('program'), 'main.ts');
  writeFileSync(file, `${start}${end}`);
  return file;
}

function numbersOf(output: string): number[] {
  // A torn line would be no JSON.
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line).i).filter((i) => i !== undefined);
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

const ends: [string, string, number][] = [
  ['process.exit', 'log(1_000); process.exit(3);', 3],
  ['process.exit, with long lines', 'log(1_000, 0, 1_000); process.exit(3);', 3],
  [
    'process.exit while a write is under way',
    'log(500, 0, 500); setTimeout(() => { log(500, 500, 500); process.exit(3); }, 12);',
    3,
  ],
  [
    'process.exit in a later tick',
    'log(999); setImmediate(() => { log(1, 999); process.exit(3); });',
    3,
  ],
  ['an uncaught error', 'log(1_000, 0, 300); setImmediate(() => { throw new Error("x"); });', 1],
  ['a rejection', 'log(1_000, 0, 300); void Promise.reject(new Error("x"));', 1],
  ['nothing more to do', 'log(1_000, 0, 300);', 0],
  [
    'a line of a listener of the end',
    'process.on("exit", () => log(1, 999)); log(999); process.exit(3);',
    3,
  ],
  ['an exit code', 'process.exitCode = 4; log(1_000, 0, 300);', 4],
];

test.each(ends)('loses no line into a pipe at %s', async (_name, end, code) => {
  const child = spawn(process.execPath, [writeProgram(end)], { env: environment });
  const [output, [ended]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(numbersOf(output)).toEqual(range(1_000));
  expect(ended).toBe(code);
});

test.each(ends.slice(0, 3))('loses no line into the pipe of a shell at %s', async (_name, end) => {
  const command = `'${process.execPath}' '${writeProgram(end)}' | (sleep 0.2; cat)`;
  const child = spawn('sh', ['-c', command], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(numbersOf(await text(child.stdout))).toEqual(range(1_000));
});

test.each(ends.slice(0, 5))('loses no line into a file at %s', async (_name, end) => {
  const folder = makeTemporaryFolder('output');
  const output = openSync(join(folder, 'stdout'), 'a');
  const child = spawn(process.execPath, [writeProgram(end)], {
    env: { ...environment, LOG_FILE: join(folder, 'app.log') },
    stdio: ['ignore', output, 'ignore'],
  });
  await once(child, 'exit');
  closeSync(output);
  for (const name of ['stdout', 'app.1.log']) {
    expect(numbersOf(readFileSync(join(folder, name), 'utf8'))).toEqual(range(1_000));
  }
});

test('ends though nobody reads its pipe, and though its reader is gone', async () => {
  const program = writeProgram('log(5_000, 0, 1_000); process.exit(3);');
  const unread = spawn(process.execPath, [program], { env: environment });
  expect(await once(unread, 'exit')).toEqual([3, null]);
  const command = `'${process.execPath}' '${program}' | head -n 1`;
  const child = spawn('sh', ['-c', command], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(numbersOf(await text(child.stdout))).toEqual([0]);
});

/** Telemetry with a log file, and what its lines and metrics say. */
async function openFile(folder: string) {
  const reader = createEnvironmentReader({
    OTEL_SERVICE_NAME: 'test',
    LOG_FILE: join(folder, 'app.log'),
  });
  const telemetry = await createTelemetry(readTelemetryConfiguration(reader), (log, losses) =>
    openLogDestination(log, losses, { stdout: false }),
  );
  const file = join(folder, 'app.1.log');
  const lines = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const deleted = async () =>
    /reason="file_deleted"\} (\d+)/.exec(await telemetry.renderMetrics())?.[1];
  return { ...telemetry, file, lines, deleted };
}

test.each<[string, (folder: string) => void]>([
  ['the file', (folder) => rmSync(join(folder, 'app.1.log'))],
  ['its folder', (folder) => rmSync(folder, { recursive: true })],
  [
    'the file, and puts another there',
    (folder) => {
      rmSync(join(folder, 'app.1.log'));
      writeFileSync(join(folder, 'app.1.log'), '');
    },
  ],
])('opens the log file again if somebody deletes %s, and counts the gap', async (_name, remove) => {
  const folder = join(makeTemporaryFolder('deleted'), 'log');
  mkdirSync(folder);
  const { logger, lines, deleted, shutdown } = await openFile(folder);
  logger.info('before');
  await eventually(() => expect(lines()).toHaveLength(1));
  expect(await deleted()).toBe('0');
  remove(folder);
  logger.info('lost');
  await eventually(() =>
    expect(lines()).toMatchObject([{ event: 'log_file_reopened', level: 'warn' }]),
  );
  expect(Number(await deleted())).toBeGreaterThanOrEqual(1);
  expect(lines()[0].lines).toBe(Number(await deleted()));
  logger.info('after');
  await eventually(() => expect(lines().at(-1)).toMatchObject({ msg: 'after' }));
  await shutdown.run('test');
});

test('opens a file that was moved again, without a loss', async () => {
  const folder = makeTemporaryFolder('moved');
  const { logger, lines, deleted, file, shutdown } = await openFile(folder);
  logger.info('before');
  await eventually(() => expect(lines()).toHaveLength(1));
  renameSync(file, `${file}.old`);
  logger.info('moved');
  await eventually(() => expect(lines()).toMatchObject([{ event: 'log_file_reopened', lines: 0 }]));
  expect(await deleted()).toBe('0');
  await sleep(0);
  expect(readFileSync(`${file}.old`, 'utf8')).toContain('"msg":"moved"');
  await shutdown.run('test');
});

test.each(ends.slice(0, 1).concat(ends.slice(5)))(
  'ends on a full disk at %s',
  async (_name, end, code) => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [writeProgram(end)], {
      env: environment,
      stdio: ['ignore', full, 'ignore'],
    });
    expect(await once(child, 'exit')).toEqual([code, null]);
    closeSync(full);
  },
);
