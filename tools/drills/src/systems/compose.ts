import { readAddresses, readContainers } from '@watchkeeper/compose/containers';
import { docker, dockerOrThrow, type Engine } from '@watchkeeper/compose/engine';
import { repositoryRoot as root, StackError } from '@watchkeeper/stack';
import { openComposeSession } from './compose-session.ts';
import type { DrillSystem } from './system.ts';

const base = ['compose', '--project-directory', root];
const psql = ['exec', '-T', 'postgres', 'psql', '-U', 'galley', '-d', 'galley'];

// A container has no curl, but the app's Node. It knows the file of the token.
const requestCode = `
const [method, path, body] = process.argv.slice(1);
const { METRICS_BIND_ADDRESS = '127.0.0.1', METRICS_PORT = '9090' } = process.env;
const file = process.env.OPERATOR_TOKEN_FILE || process.env.METRICS_TOKEN_FILE;
const token = file && require('fs').readFileSync(file, 'utf8').trim();
const headers = token ? { authorization: 'Bearer ' + token } : {};
fetch('http://' + METRICS_BIND_ADDRESS + ':' + METRICS_PORT + path, { method, headers, body })
  .then(async (response) => { console.log(await response.text()); process.exitCode = response.ok ? 0 : 1; });`;

function request(app: string, ...words: string[]): string[] {
  return ['exec', '-T', app, 'node', '-e', requestCode, '--', ...words];
}

function cleanupStep(...parameters: string[]) {
  const command = { kind: 'command', command: 'docker', folder: root } as const;
  return { ...command, parameters: [...base, ...parameters] };
}

type Compose = (...parameters: string[]) => Promise<string>;

/** The system in containers, by `docker compose` and the published ports. */
export async function createComposeSystem(engine: Engine): Promise<DrillSystem> {
  const compose: Compose = (...parameters) => dockerOrThrow([...base, ...parameters], engine);
  const containers = await readContainers(compose);
  const addresses = readAddresses(containers);
  return {
    ...createControls(compose),
    ...{ mode: 'compose', timeFactor: 1, components: [...addresses.keys()] },
    url: (source) => addresses.get(source),
    publicUrl: (app) => (app === 'gateway' ? addresses.get('gateway') : undefined),
    async unhealthyComponents() {
      return (await readContainers(compose))
        .filter(({ State, Health }) => State !== 'running' || !['', 'healthy'].includes(Health))
        .map(
          ({ Service, State, Health }) =>
            `${Service} is ${Health || State}; \`docker compose logs ${Service}\``,
        );
    },
    async manage(app, method, path, body) {
      const words = [method, path, ...(body === undefined ? [] : [JSON.stringify(body)])];
      const { code, stdout, stderr } = await docker([...base, ...request(app, ...words)], engine);
      const text = stdout.trim();
      if (code !== 0) throw new StackError(`${app}: ${method} ${path}: ${text || stderr.trim()}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    async sql(statement) {
      const flags = ['-qAtX', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', statement];
      const text = await compose(...psql, ...flags);
      return text === '' ? [] : text.split('\n').map((line) => line.split('\t'));
    },
    openSession: async () => openComposeSession([...base, ...psql, '-qAtX'], engine),
    logsFolder() {
      throw new StackError(
        'Compose keeps log files in a volume that this machine cannot read. ' +
          'Run the drill with --compressed, or natively.',
      );
    },
    shell: {
      ...engine.environment,
      ...{ ON_CALL_MODE: 'compose', PROMETHEUS_URL: addresses.get('prometheus') },
    },
    faultsCleanup: (app) => cleanupStep(...request(app, 'DELETE', '/faults')),
    sqlCleanup: (statement) => cleanupStep(...psql, '-c', statement),
    // It was started by somebody else.
    stop: async () => {},
  };
}

function createControls(
  compose: Compose,
): Pick<DrillSystem, 'halt' | 'pause' | 'kill' | 'configure'> {
  const inject = async (description: string, command: string[], undo: string[]) => {
    await compose(...command);
    const cleanup = [cleanupStep(...undo)];
    return { description, cleanup, undo: async () => void (await compose(...undo)) };
  };
  const start = (component: string) => [
    'up',
    '-d',
    '--no-deps',
    '--no-recreate',
    '--wait',
    component,
  ];
  return {
    halt: (component) => inject(`${component} stopped`, ['stop', component], start(component)),
    pause: (component) =>
      inject(`${component} frozen`, ['pause', component], ['unpause', component]),
    kill: (component) =>
      inject(`${component} killed`, ['kill', '-s', 'KILL', component], start(component)),
    configure: async (changes) => {
      const files = changes.map(({ file }) => file).join(', ');
      throw new StackError(
        `Compose mounts ${files} read-only, so the drill can't change it. ` +
          'Run the drill with --compressed, or natively.',
      );
    },
  };
}
