import type { Component, RunContext } from './components/component.ts';
import { assignPorts, type PortRequest } from './ports.ts';
import type { Settings } from './settings.ts';
import { StackError } from './stack-error.ts';
import type { FoundTool } from './tools/ensure-tools.ts';

/** The numbers of every port, by component and name. */
export type PortNumbers = Map<string, Record<string, number>>;

/** Assigns all ports at once; throws for every busy one together. */
export async function assignAllPorts(
  components: Component[],
  mode: 'fixed' | 'free',
  settings: Settings,
): Promise<PortNumbers> {
  const requests = components.flatMap(({ name, ports }) =>
    Object.entries(ports).map(([port, { fixedPort, variable }]): PortRequest => {
      const set = variable ? (settings.ports[variable] ?? fixedPort) : fixedPort;
      const wanted = mode === 'fixed' && set !== undefined ? { wanted: set } : {};
      return { component: name, name: port, ...wanted, ...(variable ? { variable } : {}) };
    }),
  );
  const numbers = await assignPorts(requests);
  const assigned: PortNumbers = new Map(components.map(({ name }) => [name, {}]));
  for (const [index, { component, name }] of requests.entries()) {
    const ports = assigned.get(component);
    if (ports) ports[name] = numbers[index] ?? 0;
  }
  return assigned;
}

/** Everything that is decided before the first process starts. */
interface RunFacts
  extends Pick<RunContext, 'settings' | 'folder' | 'timeFactor' | 'appsFolder' | 'otlpEndpoint'> {
  components: Component[];
  programs: Map<string, FoundTool>;
  ports: PortNumbers;
}

/** Answers the components' questions about the run. */
export function createRunContext({ components, ports, programs, ...facts }: RunFacts): RunContext {
  function port(component: string, name?: string): number {
    const numbers = ports.get(component) ?? {};
    const number = name === undefined ? Object.values(numbers)[0] : numbers[name];
    if (number !== undefined) return number;
    throw new StackError(
      `Expected a port of a running component, got \`${component}${name ? `:${name}` : ''}\`.`,
    );
  }
  const published = (component: string, name?: string): number => {
    const [main] = Object.keys(ports.get(component) ?? {});
    const isMain = name === undefined || name === main;
    return (isMain ? ports.get('gate')?.[component] : undefined) ?? port(component, name);
  };
  const url = (component: string, name?: string) =>
    `http://127.0.0.1:${published(component, name)}`;
  const addresses = components.flatMap(({ name, ports: specs }) =>
    Object.entries(specs).map(([portName, { composePort }]) => [
      `${name}:${composePort}`,
      `127.0.0.1:${published(name, portName)}`,
    ]),
  );
  const jaeger = programs.has('jaeger') ? url('jaeger', 'http') : undefined;
  return {
    ...facts,
    otlpEndpoint: facts.otlpEndpoint ?? jaeger,
    program: (component) => {
      const found = programs.get(component);
      if (found) return found;
      throw new StackError(`Expected a running component, got \`${component}\`.`);
    },
    has: (component) => programs.has(component),
    port,
    url,
    direct: (component) => `http://127.0.0.1:${port(component)}`,
    addresses: Object.fromEntries(addresses),
  };
}
