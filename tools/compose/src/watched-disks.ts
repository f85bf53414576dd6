import { docker, type Engine } from './engine.ts';

// File systems in memory, or of the container itself, are no disk; nor for the rules of hosts.
const disk = /^node_filesystem_avail_bytes\{(?![^}]*fstype="(?:tmpfs|ramfs|overlay)")/m;

/** What a start says where node-exporter, whose metrics these are, sees no disk; undefined where it does. */
export function unwatchedDisks(metrics: string): string | undefined {
  if (disk.test(metrics)) return undefined;
  return (
    'Disks: none is watched, because node-exporter cannot see the one of the volumes. On Linux, watch those ' +
    'of the host: `NODE_EXPORTER_SCALE=0 COMPOSE_PROFILES=host npm start`'
  );
}

/** The same of a running system; undefined as well where node-exporter does not answer here. */
export async function findUnwatchedDisks(
  compose: readonly string[],
  engine: Engine,
): Promise<string | undefined> {
  const url = 'http://127.0.0.1:9100/metrics?collect[]=filesystem';
  const request = ['exec', '-T', 'node-exporter', 'wget', '-q', '-O', '-', url];
  const { code, stdout } = await docker([...compose, ...request], engine);
  return code === 0 ? unwatchedDisks(stdout) : undefined;
}
