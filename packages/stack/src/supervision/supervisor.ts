import { StackError } from '../stack-error.ts';
import {
  type ComponentProcess,
  type ComponentSpec,
  createComponentProcess,
} from './component-process.ts';

/** Keeps a set of components up, started and stopped in the order of their dependencies. */
export interface Supervisor {
  /** Resolves when all are ready; throws the first failure, with nothing left running. */
  start(): Promise<void>;
  /** Stops all, last started first. */
  stop(): Promise<void>;
  component(name: string): ComponentProcess;
}

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

/** `onChange` is called after every change of a component's state. */
export function createSupervisor(specs: ComponentSpec[], onChange: () => void): Supervisor {
  const ordered = inStartOrder(specs);
  const processes = new Map(
    ordered.map((spec) => [spec.name, createComponentProcess(spec, onChange)]),
  );
  let isStopping = false;
  let stopping: Promise<void> | undefined;

  function component(name: string): ComponentProcess {
    const found = processes.get(name);
    if (found) return found;
    const known = [...processes.keys()].join(', ');
    throw new StackError(`Expected a component, one of ${known}, got \`${name}\`.`);
  }

  async function startAll(): Promise<void> {
    const ready = new Map<string, Promise<void>>();
    for (const { name, startsAfter } of ordered) {
      const dependencies = Promise.all(startsAfter.map((dependency) => ready.get(dependency)));
      const started = dependencies.then(() => (isStopping ? undefined : component(name).start()));
      ready.set(name, started);
    }
    await Promise.all(ready.values());
  }

  async function stopAll(): Promise<void> {
    isStopping = true;
    const stopped = new Map<string, Promise<void>>();
    for (const { name } of ordered.toReversed()) {
      const dependants = ordered.filter(({ startsAfter }) => startsAfter.includes(name));
      const first = Promise.all(dependants.map((dependant) => stopped.get(dependant.name)));
      stopped.set(
        name,
        first.then(() => component(name).stop()),
      );
    }
    await Promise.all(stopped.values());
  }

  function stop(): Promise<void> {
    stopping ??= stopAll();
    return stopping;
  }

  return {
    start: async () => {
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
