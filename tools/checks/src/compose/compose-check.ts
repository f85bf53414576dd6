import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompose } from '@watchkeeper/compose/compose-client';
import {
  type ComposeModel,
  type ComposeService,
  resolveCompose,
} from '@watchkeeper/compose/compose-model';
import type { Check } from '../check.ts';

type Rule = (name: string, service: ComposeService) => string | undefined;

/** Deviations from a rule, each with the reason that stands for it; an unused one is a problem. */
export interface Exceptions {
  readonly [ruleAndService: string]: string;
}

/** What may differ, and why. The audit refuses everything else. */
const exceptions: Exceptions = {
  'user prepare': 'gives files to the users of the others, which only root may',
  'user galley-prepare': 'gives files to the users of the others, which only root may',
  'cap_add prepare': 'CHOWN is what files are given away with; it has no network',
  'cap_add galley-prepare': 'CHOWN is what files are given away with; it has no network',
  'healthcheck prepare': 'ends by itself; others wait for its exit code',
  'healthcheck galley-prepare': 'ends by itself; others wait for its exit code',
  'networks prepare': 'needs no network and has none',
  'networks galley-prepare': 'needs no network and has none',
  'host_pid node-exporter-host': 'its profile is there to see the host; off by default',
  'host_mount node-exporter-host':
    'read-only; its profile is there to see the host; off by default',
};

const networks = ['edge', 'observability', 'data'];
const maxMemoryBytes = 1024 ** 3;
// Whose word is a value, not the path of a file that holds it.
const secretName = /(PASSWORD|SECRET|TOKEN|(?<!PUBLIC)_KEY)(?!.*FILE)/;
const urlWithPassword = /:\/\/[^/\s:@]+:[^/\s@]+@/;

function isPinned(image: string): boolean {
  const tag = image.split(':')[1] ?? '';
  return /\d+\.\d+/.test(tag) && !/latest|main|edge|nightly/.test(tag);
}

function runsAsRoot(user: string | undefined): boolean {
  return user === undefined || user === '' || /^(0|root)(:|$)/.test(user);
}

/** Each rule of the hardening, by name: it says what is wrong with a service, and the cure. */
const rules: Readonly<Record<string, Rule>> = {
  image: (_, { image = '' }) =>
    isPinned(image) ? undefined : `expected an exact tag, got \`${image}\``,
  user: (_, { user }) =>
    runsAsRoot(user) ? `expected a user other than root, got \`${user ?? 'none'}\`` : undefined,
  read_only: (_, service) => (service.read_only ? undefined : 'expected `read_only: true`'),
  privileged: (_, service) => (service.privileged ? 'expected no `privileged`' : undefined),
  cap_drop: (_, { cap_drop: dropped = [] }) =>
    dropped.includes('ALL') ? undefined : 'expected `cap_drop: [ALL]`',
  cap_add: (_, { cap_add: added = [] }) =>
    added.length === 0 ? undefined : `expected no added capability, got \`${added.join(', ')}\``,
  no_new_privileges: (_, { security_opt: options = [] }) =>
    options.includes('no-new-privileges:true') ? undefined : 'expected `no-new-privileges:true`',
  mem_limit: (_, { mem_limit: limit }) => {
    const bytes = Number(limit ?? 0);
    if (bytes > 0 && bytes <= maxMemoryBytes) return undefined;
    return `expected a \`mem_limit\` of at most 1 GiB, got \`${limit ?? 'none'}\``;
  },
  pids_limit: (_, { pids_limit: limit = 0 }) =>
    limit > 0 ? undefined : `expected a \`pids_limit\`, got \`${limit}\``,
  logging: (_, { logging }) =>
    logging?.options?.['max-size'] && logging.options['max-file']
      ? undefined
      : 'expected logs bounded by `max-size` and `max-file`',
  healthcheck: (_, { healthcheck }) =>
    healthcheck?.test && !healthcheck.disable && healthcheck.test[0] !== 'NONE'
      ? undefined
      : 'expected a health check',
  restart: (_, { restart }) =>
    restart && restart !== 'no' ? undefined : `expected a restart policy, got \`${restart}\``,
  ports: (_, { ports = [] }) => {
    const open = ports.find(({ host_ip: address }) => address !== '127.0.0.1');
    if (open === undefined) return undefined;
    return `expected port ${open.target} on 127.0.0.1 only, got \`${open.host_ip ?? 'every address'}\``;
  },
  management_port: (_, { ports = [], environment = {} }) =>
    ports.some(({ target }) => String(target) === environment.METRICS_PORT)
      ? 'expected its management port not to be published'
      : undefined,
  management_address: (name, { environment = {} }) =>
    environment.METRICS_PORT === undefined ||
    environment.METRICS_BIND_ADDRESS === `${name}.observability`
      ? undefined
      : `expected \`METRICS_BIND_ADDRESS\` to be \`${name}.observability\`, got \`${environment.METRICS_BIND_ADDRESS}\``,
  networks: (_, { networks: own = {}, network_mode: mode }) => {
    const unknown = Object.keys(own).filter((network) => !networks.includes(network));
    if (mode === undefined && unknown.length === 0) return undefined;
    return `expected networks of \`${networks.join('`, `')}\`, got \`${mode ?? unknown.join(', ')}\``;
  },
  host_pid: (_, { pid, ipc }) =>
    pid === 'host' || ipc === 'host' ? 'expected no namespace of the host' : undefined,
  docker_socket: (_, { volumes = [] }) =>
    volumes.some(({ source = '' }) => source.endsWith('docker.sock'))
      ? 'expected no docker.sock: it is as good as root'
      : undefined,
  bind_mounts: (_, { volumes = [] }) => {
    const writable = volumes.find(
      ({ type, read_only: isReadOnly }) => type === 'bind' && !isReadOnly,
    );
    return writable && `expected \`${writable.target}\` to be mounted read-only`;
  },
  host_mount: (_, { volumes = [] }) =>
    volumes.some(({ source }) => source === '/') ? 'expected no mount of the host' : undefined,
  secrets: (_, { environment = {} }) => {
    const named = Object.entries(environment).find(
      ([key, value]) => value && (secretName.test(key) || urlWithPassword.test(value)),
    );
    return named && `expected \`${named[0]}\` to come from a file`;
  },
};

/** Audits every service of a resolved model; an exception that nothing needs is a problem as well. */
export function auditCompose(model: ComposeModel, allowed: Exceptions = exceptions): string[] {
  const used = new Set<string>();
  const problems = Object.entries(model.services).flatMap(([name, service]) =>
    Object.entries(rules).flatMap(([rule, judge]) => {
      const problem = judge(name, service);
      if (problem === undefined) return [];
      const key = `${rule} ${name}`;
      used.add(key);
      return allowed[key] ? [] : [`service \`${name}\`: ${problem}.`];
    }),
  );
  const unused = Object.keys(allowed).filter((key) => !used.has(key));
  return [...problems, ...unused.map((key) => `the exception \`${key}\` is needed by nothing.`)];
}

/** The files that a service mounts are there: a missing one becomes an empty folder of root's. */
function missingMounts(model: ComposeModel): string[] {
  return Object.entries(model.services).flatMap(([name, { volumes = [] }]) =>
    volumes
      .filter(({ type, source = '' }) => type === 'bind' && !existsSync(source))
      .map(({ source }) => `service \`${name}\`: expected \`${source}\` to exist.`),
  );
}

/** The version stands in the image's tag and in what the apps say of themselves. */
function versionProblems(root: string, model: ComposeModel): string[] {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  return Object.entries(model.services).flatMap(([name, service]) => {
    if (service.build === undefined) return [];
    const said = [service.image?.split(':')[1], service.environment?.SERVICE_VERSION];
    const isListed = dockerfile.includes(`COPY apps/${name}/package.json apps/${name}/`);
    return [
      ...said
        .filter((value) => value !== version)
        .map((value) => `service \`${name}\`: expected version \`${version}\`, got \`${value}\`.`),
      ...(isListed ? [] : [`Dockerfile: expected \`COPY apps/${name}/package.json\`.`]),
    ];
  });
}

/** The hardening of every service of the compose files, resolved with all profiles. */
export const composeCheck: Check = {
  name: 'compose files',
  async run(root) {
    const client = await ensureCompose();
    const all = await resolveCompose(root, client, { profiles: ['*'] });
    // The monitoring stack must stand alone as well.
    await resolveCompose(root, client, { files: ['docker-compose.monitoring.yml'] });
    return [...auditCompose(all), ...missingMounts(all), ...versionProblems(root, all)];
  },
};
