import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { runCommand } from '../run-command.ts';
import { repositoryRoot } from '../state-folder.ts';

const home = makeTemporaryFolder('verbs');

afterAll(removeTemporaryFolders);

function run(verb: string, args: string[] = [], variables: NodeJS.ProcessEnv = {}) {
  const script = join(repositoryRoot, 'scripts', `${verb}.ts`);
  const env = { ...process.env, NODE_OPTIONS: '', WATCHKEEPER_HOME: home, ...variables };
  return runCommand(process.execPath, [script, ...args], { env });
}

describe('the verbs', () => {
  test.each(['start', 'stop', 'status'])(
    '%s answers an unknown flag with its usage',
    async (verb) => {
      const { code, stderr } = await run(verb, ['--bogus']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^Unknown flag `--bogus`.\nUsage: npm /);
    },
  );

  test('start lists every fault of the configuration', async () => {
    const { code, stderr } = await run('start', [], { PROMETHEUS_PORT: 'x', LOG_LEVEL: 'loud' });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'Expected `PROMETHEUS_PORT` to be an integer from 1 to 65535, got `x`. ' +
        'Correct it, or remove it to use the default.\n' +
        'Expected `LOG_LEVEL` to be one of trace, debug, info, warn, error, fatal, got `loud`.\n',
    );
  });

  test('status reports that nothing runs', async () => {
    const expected = { code: 1, stdout: 'Nothing runs. Start: npm start\n', stderr: '' };
    expect(await run('status')).toEqual(expected);
    expect(await run('status', ['--json'])).toMatchObject({ code: 1, stdout: 'null\n' });
  });

  test('stop succeeds when nothing runs', async () => {
    expect(await run('stop')).toEqual({ code: 0, stdout: 'Nothing was running.\n', stderr: '' });
  });
});
