import {
  repositoryRoot as root,
  StackError,
  type StackState,
  type StateFolder,
} from '@watchkeeper/stack';
import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';
import { operatorHeaders } from '@watchkeeper/stack/secrets';
import { openSession, runSql } from './database.ts';
import { changeFile } from './native-files.ts';
import type { ConfigurationChange, DrillSystem, InjectedFault, Source } from './system.ts';

/** Stops and starts processes of the native mode, as their supervisor or from outside. */
export interface Controls extends Pick<DrillSystem, 'halt' | 'pause' | 'kill' | 'stop'> {
  restart(component: string): Promise<void>;
  reload(component: string): void;
  /** For another process, if this one dies. */
  restartCleanup(component: string): CleanupStep[];
}

/** `read` returns the current state. */
export function createNativeSystem(
  folder: StateFolder,
  read: () => StackState,
  controls: Controls,
): DrillSystem {
  const { timeFactor, components } = read();
  const { halt, pause, kill, stop } = controls;
  const portOf = (name: string, port?: string): number | undefined => {
    const ports = read().components[name]?.ports;
    return port === undefined ? Object.values(ports ?? {})[0] : ports?.[port];
  };
  const at = (port: number | undefined) =>
    port === undefined ? undefined : `http://127.0.0.1:${port}`;
  const managementUrl = (app: string) => {
    const url = at(portOf(app, 'management'));
    if (url) return url;
    throw new StackError(`Expected \`${app}\` to run with a management server, but it does not.`);
  };
  return {
    ...{ mode: 'native', timeFactor, components: Object.keys(components) },
    ...{ halt, pause, kill, stop },
    url: (source: Source) => read().components[source]?.address,
    publicUrl: (app) => at(portOf(app, 'public')),
    unhealthyComponents: async () => describeUnhealthy(read()),
    manage: (app, method, path, body) =>
      requestManagement(managementUrl(app), method, path, body, operatorHeaders(folder)),
    configure: (changes) => configure(folder, controls, changes),
    sql: (statement) => runSql(read(), folder, statement),
    openSession: () => openSession(read(), folder),
    logsFolder: () => folder.logs,
    shell: {
      ON_CALL_MODE: 'native',
      WATCHKEEPER_HOME: folder.root,
      PROMETHEUS_URL: read().components.prometheus?.address,
    },
    faultsCleanup: (app) => {
      const url = `${managementUrl(app)}/faults`;
      return { kind: 'http', method: 'DELETE', url, headers: operatorHeaders(folder) };
    },
    sqlCleanup: (statement) => ({
      ...{ kind: 'command', command: process.execPath, folder: root },
      parameters: ['runbooks/native-sql.cjs', folder.root, statement],
    }),
  };
}

async function configure(
  folder: StateFolder,
  controls: Controls,
  changes: readonly ConfigurationChange[],
): Promise<InjectedFault> {
  const changed = changes.map((change) => changeFile(folder, change)).reverse();
  const componentsBy = (how: ConfigurationChange['by']) => [
    ...new Set(changes.filter(({ by }) => by === how).map(({ component }) => component)),
  ];
  const restarted = componentsBy('restart');
  const reloaded = componentsBy('reload').filter((component) => !restarted.includes(component));
  const take = async () => {
    await Promise.all(restarted.map((component) => controls.restart(component)));
    for (const component of reloaded) controls.reload(component);
  };
  await take();
  return {
    description: changes.map(({ component, file }) => `${component}: changed ${file}`).join('; '),
    cleanup: [
      ...changed.map(({ cleanup }) => cleanup),
      ...[...restarted, ...reloaded].flatMap((component) => controls.restartCleanup(component)),
    ],
    async undo() {
      for (const { restore } of changed) restore();
      await take();
    },
  };
}

function describeUnhealthy(state: StackState): string[] {
  return Object.entries(state.components)
    .filter(([, { phase }]) => phase !== 'ready')
    .map(([name, { phase, lastExit }]) => {
      const how = lastExit ? `; it ${lastExit}` : '';
      return `${name} is ${phase}, not ready${how}. See its log: runbooks/ServiceDown.md`;
    });
}

/** Rejects with the server's message when it refuses. */
async function requestManagement(
  base: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<unknown> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers,
    // An app that injects a fault may be busy with it first.
    signal: AbortSignal.timeout(15_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`${method} ${path}: ${readMessage(text)}`);
  return text === '' ? undefined : JSON.parse(text);
}

function readMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
