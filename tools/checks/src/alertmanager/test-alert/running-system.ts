import { dockerOrThrow, findEngine } from '@watchkeeper/compose/engine';
import {
  isRunning,
  readEnvironment,
  readState,
  repositoryRoot,
  StackError,
  stateFolderAt,
  stateRootOf,
} from '@watchkeeper/stack';

/** Where a running system takes alerts, and where they arrive. */
export interface Running {
  readonly alertmanager: string;
  readonly inbox: string;
}

const root = repositoryRoot;
const components = { alertmanager: 'alertmanager', inbox: 'oncall' } as const;

/**
 * Finds what runs: natively by its state, else in containers.
 * @throws StackError when nothing runs, or not both ends of the path
 */
export async function findRunning(): Promise<Running> {
  const find = findNative() ?? (await findContainers());
  if (find === undefined) throw new StackError('Nothing runs. Start: npm start');
  return { alertmanager: find(components.alertmanager), inbox: find(components.inbox) };
}

type Find = (component: string) => string;

function missing(component: string, state: string): StackError {
  return new StackError(
    `Expected \`${component}\` to run, it is ${state}. See \`npm run status\` and its log.`,
  );
}

function findNative(): Find | undefined {
  const state = readState(stateFolderAt(stateRootOf(readEnvironment())).stateFile);
  if (!isRunning(state)) return undefined;
  return (component) => {
    const found = state.components[component];
    if (found?.phase === 'ready') return found.address;
    throw missing(component, found?.phase ?? 'not part of what was started');
  };
}

interface ContainerRow {
  readonly Service: string;
  readonly State: string;
  readonly Publishers?: readonly { PublishedPort: number }[] | null;
}

/** Whoever started them: `npm start` or `docker compose up`. */
async function findContainers(): Promise<Find | undefined> {
  const { engine } = await findEngine();
  if (engine === undefined) return undefined;
  const parameters = ['compose', '--project-directory', root, 'ps', '--format', 'json'];
  const text = await dockerOrThrow(parameters, engine);
  const rows = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ContainerRow);
  if (rows.length === 0) return undefined;
  return (component) => {
    const row = rows.find(({ Service }) => Service === component);
    const port = row?.Publishers?.find(({ PublishedPort }) => PublishedPort > 0)?.PublishedPort;
    if (row?.State === 'running' && port) return `http://127.0.0.1:${port}`;
    throw missing(component, row?.State ?? 'not there');
  };
}
