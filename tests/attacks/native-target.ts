import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices, type Stack, startStack } from '@watchkeeper/stack';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { send, type Target } from './target.ts';

export interface NativeTarget extends Target {
  /** Where its state is. */
  readonly folder: string;
  /** The main port of a component on this machine. */
  port(component: string): number;
  /** The process ids of all components, by name. */
  processes(): Readonly<Record<string, number>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

// By the variable that holds a port in its container; other components have one port.
const portNames = { PORT: 'public', SMTP_PORT: 'smtp', METRICS_PORT: 'management' };

function portName(component: string, port: number): string | undefined {
  const { environment = {} } = composeServices[component] ?? {};
  const variables = Object.entries(portNames);
  return variables.find(([variable]) => Number(environment[variable]) === port)?.[1];
}

/** Everything natively on free ports, with little traffic of its own; nothing runs before `start`. */
export function createNativeTarget(): NativeTarget {
  const stateFolder = makeTemporaryFolder('attacks');
  let started: Stack | undefined;
  const stack = () => {
    if (started === undefined) throw new Error('Expected the stack to have started.');
    return started;
  };
  return {
    mode: 'native',
    folder: stateFolder,
    port: (component) => Number(new URL(stack().address(component)).port),
    processes: () =>
      Object.fromEntries(
        Object.entries(stack().state.components).flatMap(([name, { process: running }]) =>
          running === undefined ? [] : [[name, running.pid]],
        ),
      ),
    address: (component) =>
      component in stack().state.components ? stack().address(component) : undefined,
    requestInside: (component, port, path, request) =>
      send(stack().address(component, portName(component, port)), path, request),
    readSecret: async (name) => readFileSync(join(stack().folder.secrets, name), 'utf8'),
    readLog: async (app) => readLines(join(stack().folder.logs, app)),
    async start() {
      const environment = { traffic: { TRAFFIC_RATE: '1' } };
      started = await startStack({ stateFolder, ports: 'free', environment });
    },
    async stop() {
      await started?.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function readLines(folder: string): readonly string[] {
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  return files.flatMap((text) => text.split('\n').filter(Boolean));
}
