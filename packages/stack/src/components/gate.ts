import { join } from 'node:path';
import { frontedPorts } from '../compose-file.ts';
import { gatePassword } from '../secrets.ts';
import type { Component, RunContext } from './component.ts';
import { composeEnvironment } from './compose-environment.ts';
import { nodeFlags } from './from-compose.ts';

function targets(context: RunContext): NodeJS.ProcessEnv {
  const running = Object.keys(frontedPorts).filter(context.has);
  return Object.fromEntries(
    running.map((name) => [`GATE_${name.toUpperCase()}_URL`, context.direct(name)]),
  );
}

/** Has the ports that people know of Prometheus and the others, which foreign pages cannot use. */
export const gate: Component = {
  name: 'gate',
  source: { kind: 'script', file: 'gate/gate.mjs' },
  ports: Object.fromEntries(
    Object.entries(frontedPorts).map(([name, composePort]) => [name, { composePort }]),
  ),
  configFolders: ['gate'],
  launch: (context) => ({
    args: [...nodeFlags('gate'), join(context.folder.config, 'gate', 'gate.mjs')],
    env: {
      ...composeEnvironment('gate', context),
      ...targets(context),
      GATE_PASSWORD_FILE: join(context.folder.secrets, gatePassword),
    },
  }),
  probe: (context) => ({ kind: 'tcp', port: context.port('gate') }),
};

/**
 * The components of a run as they listen in it: behind the gate, if it takes part, on free ports; the
 * gate on those of the ones that take part.
 */
export function behindGate(components: Component[]): Component[] {
  const names = components.map(({ name }) => name);
  if (!names.includes('gate')) return components;
  return components.map((component) => {
    const entries = Object.entries(component.ports);
    const ports =
      component.name === 'gate'
        ? entries.filter(([name]) => names.includes(name))
        : entries.map(([port, { composePort, ...spec }]) => {
            const isFronted = frontedPorts[component.name] === composePort;
            return [port, isFronted ? { composePort } : { composePort, ...spec }] as const;
          });
    return { ...component, ports: Object.fromEntries(ports) };
  });
}
