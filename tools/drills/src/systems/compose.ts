import { docker, dockerOrThrow, type Engine } from '@watchkeeper/compose/engine';
import { repositoryRoot, StackError } from '@watchkeeper/stack';
import { composeRows, openComposeSession, readAddresses } from './compose-parts.ts';
import type { DrillSystem, InjectedFault } from './system.ts';

const root = repositoryRoot;
const base = ['compose', '--project-directory', root];

// Inside a container there is no curl; node is what the app runs on. It knows the token's file.
const ask = `
const [method, path, body] = process.argv.slice(1);
const { METRICS_BIND_ADDRESS = '127.0.0.1', METRICS_PORT = '9090', METRICS_TOKEN_FILE } = process.env;
const token = METRICS_TOKEN_FILE && require('fs').readFileSync(METRICS_TOKEN_FILE, 'utf8').trim();
const headers = token ? { authorization: 'Bearer ' + token } : {};
fetch('http://' + METRICS_BIND_ADDRESS + ':' + METRICS_PORT + path, { method, headers, body })
  .then(async (answer) => { console.log(await answer.text()); process.exitCode = answer.ok ? 0 : 1; });`;

/** The system as it runs in containers, by `docker compose` and the published ports. */
export async function createComposeSystem(engine: Engine): Promise<DrillSystem> {
  const compose = (...parameters: string[]) => dockerOrThrow([...base, ...parameters], engine);
  const addresses = readAddresses(await composeRows(compose));
  const step = (...parameters: string[]) =>
    ({
      kind: 'command',
      command: 'docker',
      parameters: [...base, ...parameters],
      folder: root,
    }) as const;
  const undo = (what: string, undo: string[]): InjectedFault => ({
    what,
    rescue: [step(...undo)],
    undo: async () => void (await compose(...undo)),
  });
  const askInside = (app: string, ...words: string[]) => [
    'exec',
    '-T',
    app,
    'node',
    '-e',
    ask,
    '--',
    ...words,
  ];

  return {
    mode: 'compose',
    timeFactor: 1,
    components: [...addresses.keys()],
    url: (source) => addresses.get(source),
    publicUrl: (app) => (app === 'gateway' ? addresses.get('gateway') : undefined),
    async unhealthyComponents() {
      const rows = await composeRows(compose);
      return rows
        .filter(
          ({ State, Health }) => State !== 'running' || (Health !== '' && Health !== 'healthy'),
        )
        .map(
          ({ Service, State, Health }) =>
            `${Service} is ${Health || State}; \`docker compose logs ${Service}\``,
        );
    },
    async manage(app, method, path, body) {
      const words = [method, path, ...(body === undefined ? [] : [JSON.stringify(body)])];
      const { code, stdout, stderr } = await docker([...base, ...askInside(app, ...words)], engine);
      if (code !== 0)
        throw new StackError(`${app}: ${method} ${path}: ${(stdout || stderr).trim()}`);
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    },
    async halt(component) {
      await compose('stop', component);
      return undo(`${component} stopped`, ['up', '-d', '--no-deps', '--wait', component]);
    },
    async pause(component) {
      await compose('pause', component);
      return undo(`${component} frozen`, ['unpause', component]);
    },
    async kill(component) {
      await compose('kill', '-s', 'KILL', component);
      return undo(`${component} killed`, ['up', '-d', '--no-deps', '--wait', component]);
    },
    configure: async ({ component, file }) => {
      throw new StackError(
        `Compose mounts monitoring/${file} read-only, so ${component} can't be given another one. ` +
          'Drill it with --compressed, or natively.',
      );
    },
    async sql(statement) {
      const text = await compose(
        'exec',
        '-T',
        'postgres',
        'psql',
        '-qAtX',
        '-F',
        '\t',
        '-U',
        'galley',
        '-d',
        'galley',
        '-v',
        'ON_ERROR_STOP=1',
        '-c',
        statement,
      );
      return text === '' ? [] : text.split('\n').map((line) => line.split('\t'));
    },
    openSession: async () => openComposeSession(base, engine),
    logsFolder() {
      throw new StackError(
        "Compose keeps log files in a volume that this machine's processes don't see. " +
          'Drill it with --compressed, or natively.',
      );
    },
    shell: {
      ...engine.environment,
      ON_CALL_MODE: 'compose',
      PROMETHEUS_URL: addresses.get('prometheus'),
    },
    rescueFaults: (app) => step(...askInside(app, 'DELETE', '/faults')),
    rescueSql: (statement) =>
      step('exec', '-T', 'postgres', 'psql', '-U', 'galley', '-d', 'galley', '-c', statement),
    // It is not ours to end.
    stop: async () => {},
  };
}
