import { publishedPorts } from '@watchkeeper/stack/compose-file';
import type { Target } from '../attacks/target.ts';
import type { System } from './system.ts';

// Runs in the container of an app, from which every network of the system can be reached.
const script = `
const [url, request] = JSON.parse(process.argv[1]);
fetch(url, { ...request, redirect: 'manual' }).then(async (response) => {
  const headers = Object.fromEntries(response.headers);
  console.log(JSON.stringify({ status: response.status, headers, body: await response.text() }));
});
`;

/** The containers of a running system, for the attacks that also run on native mode. */
export function createAttackTarget(system: System): Target {
  const execute = (service: string, ...command: string[]) =>
    system.docker('exec', system.container(service), ...command);
  return {
    mode: 'compose',
    address(component) {
      // The gate publishes the ports of those behind it, under variables of their own.
      const name = component === 'oncall' ? 'INBOX' : component.toUpperCase();
      const published = publishedPorts.find(({ variable }) => variable === `${name}_PORT`);
      if (published === undefined || system.absent.has(component)) return undefined;
      return system.url(published.variable);
    },
    async requestInside(component, port, path, request = {}) {
      // Management servers listen on that network alone.
      const host = port === 9090 ? `${component}.observability` : component;
      const parameters = JSON.stringify([`http://${host}:${port}${path}`, request]);
      return JSON.parse(await execute('api', 'node', '-e', script, parameters));
    },
    readSecret: (name) => execute('api', 'cat', `/run/secrets/${name}`),
    async readLog(app) {
      const text = await execute('api', 'sh', '-c', `cat /var/log/galley/${app}/*`);
      return text.split('\n').filter(Boolean);
    },
  };
}
