import { composeServices } from '../compose-file.ts';
import type { RunContext } from './component.ts';

// V8's old generation in a container takes half of the container's limit.
const heapShare = 0.5;
// As in the compose files: the collector works harder before the limit is reached.
const goShare = 0.9;

/** Flags that hold for a container alone; natively each has an equivalent, or nothing to do. */
const containerFlags = ['--path.rootfs'];

const nameOf = (flag: string) => flag.split('=')[0] ?? '';

/** The service's memory limit in the compose files, in MiB; undefined without one. */
export function memoryLimitMib(service: string): number | undefined {
  const [, amount, unit] = /^(\d+)([mg])$/.exec(composeServices[service]?.mem_limit ?? '') ?? [];
  return amount === undefined ? undefined : Number(amount) * (unit === 'g' ? 1024 : 1);
}

/** The limit of a Go program's memory; natively nothing else bounds it. */
export function goMemory(service: string): NodeJS.ProcessEnv {
  const limit = memoryLimitMib(service);
  const declared = composeServices[service]?.environment?.GOMEMLIMIT;
  if (declared === undefined && limit === undefined) return {};
  return { GOMEMLIMIT: String(declared ?? `${Math.floor(goShare * (limit ?? 0))}MiB`) };
}

/** Node's flags of an app: those of the compose files, and the heap that V8 has in the container. */
export function nodeFlags(service: string): string[] {
  const limit = memoryLimitMib(service);
  const declared = String(composeServices[service]?.environment?.NODE_OPTIONS ?? '');
  const heap = limit ? [`--max-old-space-size=${Math.floor(heapShare * limit)}`] : [];
  return [...declared.split(' ').filter(Boolean), ...heap];
}

/** A command with the service's limit of open files; where the machine's own is lower, with that. */
export function withFileLimit(service: string, command: readonly string[]) {
  const { nofile } = composeServices[service]?.ulimits ?? {};
  const limit = nofile === undefined ? '' : `ulimit -n ${nofile} 2>/dev/null; `;
  return { command: '/bin/sh', args: ['-c', `${limit}exec "$@"`, 'sh', ...command] };
}

/** The service's flags in the compose files, but for those in `own` and a container's. */
export function inheritedFlags(service: string, own: string[], context: RunContext): string[] {
  const taken = [...own.map(nameOf), ...containerFlags];
  const { environment } = context.settings;
  return (composeServices[service]?.command ?? [])
    .filter((flag) => flag.startsWith('--') && !taken.includes(nameOf(flag)))
    .map((flag) =>
      flag
        .replace(/(?<!\$)\$\{(\w+):-([^}]*)\}/g, (_, name: string, fallback: string) => {
          return environment[name] || fallback;
        })
        .replaceAll('$$', '$'),
    );
}
