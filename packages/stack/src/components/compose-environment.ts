import { join } from 'node:path';
import { composeServices, publishedPorts } from '../compose-file.ts';
import { rewritePaths } from '../configuration/addresses.ts';
import { secretsOf } from '../secrets.ts';
import { repositoryRoot } from '../state-folder.ts';
import type { RunContext } from './component.ts';

/**
 * The variables of the apps whose value differs from the compose files' on purpose; undefined
 * leaves one out.
 */
const nativeValues: Readonly<Record<string, string | undefined>> = {
  // A native process is reached over loopback alone.
  BIND_ADDRESS: '127.0.0.1',
  METRICS_BIND_ADDRESS: '127.0.0.1',
  // Set by the component: to the receiver of this run, if there is one.
  OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
  // Given as flags, together with the size of the heap.
  NODE_OPTIONS: undefined,
  // Promtail ships the log files where it runs; without it there is no Loki to push to.
  LOG_SHIPPING: undefined,
  LOKI_URL: undefined,
};

// The native mode is for demonstrations: of the values that the compose files have elsewhere.
const demoDefaults: Readonly<Record<string, string>> = { FAULTS_ENABLED: 'true' };

// The gateway does not start without an address for each service; nobody listens on this one.
const nowhere = '127.0.0.1:9';

/** The path on this machine of each path in a service's container, from its volumes. */
export function composePaths(
  service: string,
  { folder }: Pick<RunContext, 'folder'>,
): Record<string, string> {
  const hostPath = (source: string): string => {
    // The components' own configuration is rendered; apps get the shipped files.
    const isRendered = composeServices[service]?.working_dir === undefined;
    if (source.startsWith('./monitoring/') && isRendered) {
      return join(folder.config, source.slice('./monitoring/'.length));
    }
    if (source.startsWith('.')) return join(repositoryRoot, source);
    if (source.endsWith('-secrets')) return secretsOf(folder, source.replace(/-secrets$/, ''));
    if (source === 'logs') return folder.logs;
    return source === 'inbox-data' ? folder.inbox : join(folder.data, source.replace(/-data$/, ''));
  };
  const mounts = (composeServices[service]?.volumes ?? []).map((volume) => volume.split(':'));
  return Object.fromEntries(mounts.map(([source = '', path = '']) => [path, hostPath(source)]));
}

/**
 * The environment that the compose files give a service, with this run's addresses, ports, paths
 * and settings. Leaves out addresses of components that do not take part.
 */
export function composeEnvironment(service: string, context: RunContext): NodeJS.ProcessEnv {
  const paths = composePaths(service, context);
  const entries = Object.entries(composeServices[service]?.environment ?? {}).flatMap(
    ([name, value]) => {
      if (name in nativeValues) return [[name, nativeValues[name]]];
      if (/(^|_)PORT$/.test(name)) {
        return [[name, context.addresses[`${service}:${value}`]?.split(':')[1]]];
      }
      const { text, isComplete } = placeAddresses(String(value), context);
      return isComplete || service === 'gateway' ? [[name, rewritePaths(text, paths)]] : [];
    },
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function placeAddresses(declared: string, { addresses, settings }: RunContext) {
  let isComplete = true;
  const place = (address: string): string => {
    if (addresses[address] === undefined) isComplete = false;
    return addresses[address] ?? nowhere;
  };
  const text = declared
    .replace(/\$\{(\w+):-([^}]*)\}/g, (_, variable: string, fallback: string) => {
      const published = publishedPorts.find((port) => port.variable === variable);
      if (published === undefined) {
        return settings.environment[variable] || (demoDefaults[variable] ?? fallback);
      }
      return place(`${published.service}:${published.composePort}`).split(':')[1] ?? '';
    })
    .replace(/(?<![\w.-])([a-z-]+)(?:\.observability)?:(\d+)/g, (token, host, port) =>
      host in composeServices ? place(`${host}:${port}`) : token,
    );
  return { text, isComplete };
}
