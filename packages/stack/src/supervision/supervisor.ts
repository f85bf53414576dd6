import { messageOf, StackError } from '../stack-error.ts';
import {
  type ComponentProcess,
  type ComponentSpec,
  createComponentProcess,
} from './component-process.ts';

/** Keeps a set of components up, started and stopped in the order of their dependencies. */
export type Supervisor = ReturnType<typeof createSupervisor>;

/** Dependencies first; throws on a cycle or an unknown name. */
export function inStartOrder<T extends { name: string; startsAfter: string[] }>(specs: T[]): T[] {
  const ordered: T[] = [];
  let waiting = specs;
  while (waiting.length > 0) {
    const isPlaced = (name: string) => ordered.some((spec) => spec.name === name);
    const next = waiting.filter(({ startsAfter }) => startsAfter.every(isPlaced));
    if (next.length === 0) {
      const names = waiting.map(({ name }) => name).join(', ');
      throw new StackError(`Expected ${names} to start after known components, without a cycle.`);
    }
    ordered.push(...next);
    waiting = waiting.filter((spec) => !next.includes(spec));
  }
  return ordered;
}

const nameOf = ({ name }: ComponentSpec) => name;

/** Runs the action for each component as soon as it has ended for those that come first. */
async function runInOrder(
  specs: ComponentSpec[],
  firstOf: (spec: ComponentSpec) => string[],
  action: (spec: ComponentSpec) => Promise<void>,
): Promise<void> {
  const ends = new Map<string, Promise<void>>();
  for (const spec of specs) {
    const first = Promise.all(firstOf(spec).map((name) => ends.get(name)));
    const end = first.then(() => action(spec));
    ends.set(spec.name, end);
  }
  await Promise.all(ends.values());
}

function findComponent(processes: ReadonlyMap<string, ComponentProcess>, name: string) {
  const found = processes.get(name);
  if (found) return found;
  const known = [...processes.keys()].join(', ');
  throw new StackError(`Expected a component, one of ${known}, got \`${name}\`.`);
}

async function leaveBehind(process: ComponentProcess, { state }: ComponentSpec, error: unknown) {
  await process.stop();
  const [reason = ''] = messageOf(error).split(/\. The end of |\n/);
  Object.assign(state, { phase: 'failed', lastExit: `${reason}; see ${state.logFile}` });
}

/** `onChange` is called after every change of a component's state. */
export function createSupervisor(specs: ComponentSpec[], onChange: () => void) {
  const ordered = inStartOrder(specs);
  const processes = new Map(
    ordered.map((spec) => [spec.name, createComponentProcess(spec, onChange)]),
  );
  let isStopping = false;
  let stopping: Promise<void> | undefined;

  const component = (name: string) => findComponent(processes, name);

  function startAll(): Promise<void> {
    return runInOrder(ordered, ({ startsAfter }) => startsAfter, startOne);
  }

  async function startOne(spec: ComponentSpec): Promise<void> {
    if (isStopping) return;
    const process = component(spec.name);
    try {
      await process.start();
    } catch (error) {
      if (!spec.isOptional || isStopping) throw error;
      await leaveBehind(process, spec, error);
      onChange();
    }
  }

  function stopAll(): Promise<void> {
    isStopping = true;
    return runInOrder(
      ordered.toReversed(),
      ({ name }) => ordered.filter((spec) => spec.startsAfter.includes(name)).map(nameOf),
      ({ name }) => component(name).stop(),
    );
  }

  /** Stops all, last started first. */
  function stop(): Promise<void> {
    stopping ??= stopAll();
    return stopping;
  }

  return {
    /**
     * Resolves when all are ready; throws the first failure, with nothing left running. An optional
     * component that can't start is left behind as failed.
     */
    start: async (): Promise<void> => {
      try {
        await startAll();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    component,
  };
}
