import { existsSync } from 'node:fs';
import { ensureCompose } from '@watchkeeper/compose/compose-client';
import {
  type ComposeModel,
  type ComposeService,
  resolveCompose,
} from '@watchkeeper/compose/compose-model';
import type { Check } from '../check.ts';
import { buildProblems, imageProblems, versionProblems } from './images.ts';

type Rule = (service: ComposeService, name: string) => string | false | undefined;

type Exceptions = Readonly<Record<string, string>>;

/** Allowed deviations by rule and service, each with its reason; an unused one is a problem. */
const exceptions: Exceptions = {
  'user prepare': 'hands files over to other users, which only root may do',
  'user galley-prepare': 'hands files over to other users, which only root may do',
  'cap_add prepare': 'needs CHOWN to hand files over; it has no network',
  'cap_add galley-prepare': 'needs CHOWN to hand files over; it has no network',
  'healthcheck prepare': 'a one-shot; others wait for its exit code',
  'healthcheck galley-prepare': 'a one-shot; others wait for its exit code',
  'healthcheck database-prepare': 'a one-shot; others wait for its exit code',
  'networks prepare': 'needs no network and has none',
  'networks galley-prepare': 'needs no network and has none',
  'host_pid node-exporter-host': 'its profile is for watching the host; off by default',
  'host_mount node-exporter-host':
    'read-only; its profile is for watching the host; off by default',
};

/** Those of the file that puts TLS before everything, beside the others. */
const tlsExceptions: Exceptions = {
  'user tls-prepare': 'hands files over to other users, which only root may do',
  'cap_add tls-prepare': 'reads what its owner alone may, and hands it over; it has no network',
  'healthcheck tls-prepare': 'a one-shot; others wait for its exit code',
  'networks tls-prepare': 'needs no network and has none',
};

const networks = ['edge', 'observability', 'data'];
const maxMemoryBytes = 1024 ** 3;
// Variables that hold a secret themselves, not the path of its file.
const secretName = /(PASSWORD|SECRET|TOKEN|(?<!PUBLIC)_KEY)(?!.*FILE)/;
const urlWithPassword = /:\/\/[^/\s:@]+:[^/\s@]+@/;

function runsAsRoot(user: string | undefined): boolean {
  return user === undefined || user === '' || /^(0|root)(:|$)/.test(user);
}

/** Each rule of the hardening, by name: what is wrong with a service and the fix, or nothing. */
const rules: Readonly<Record<string, Rule>> = {
  user: ({ user }) =>
    runsAsRoot(user) && `expected a user other than root, got \`${user ?? 'none'}\``,
  read_only: (service) => !service.read_only && 'expected `read_only: true`',
  privileged: (service) => service.privileged && 'expected no `privileged`',
  cap_drop: ({ cap_drop: dropped = [] }) =>
    !dropped.includes('ALL') && 'expected `cap_drop: [ALL]`',
  cap_add: ({ cap_add: added = [] }) =>
    added.length > 0 && `expected no added capability, got \`${added.join(', ')}\``,
  no_new_privileges: ({ security_opt: options = [] }) =>
    !options.includes('no-new-privileges:true') && 'expected `no-new-privileges:true`',
  mem_limit: ({ mem_limit: limit }) => {
    const bytes = Number(limit ?? 0);
    const isBounded = bytes > 0 && bytes <= maxMemoryBytes;
    return !isBounded && `expected a \`mem_limit\` of at most 1 GiB, got \`${limit ?? 'none'}\``;
  },
  memswap_limit: ({ mem_limit: limit, memswap_limit: both }) =>
    // By default as much swap again: a leak would slow the machine instead of ending the container.
    String(both) !== String(limit) &&
    `expected \`memswap_limit\` to be its \`mem_limit\`, got \`${both ?? 'none'}\``,
  pids_limit: ({ pids_limit: limit = 0 }) =>
    limit <= 0 && `expected a \`pids_limit\`, got \`${limit}\``,
  logging: ({ logging: { options = {} } = {} }) =>
    !(options['max-size'] && options['max-file']) &&
    'expected logs bounded by `max-size` and `max-file`',
  healthcheck: ({ healthcheck: { test, disable } = {} }) =>
    (!test || disable || test[0] === 'NONE') && 'expected a health check',
  restart: ({ restart = 'no' }) =>
    ['no', ''].includes(restart) && `expected a restart policy, got \`${restart}\``,
  ports: ({ ports = [] }) => {
    const open = ports.find(({ host_ip: address }) => address !== '127.0.0.1');
    const got = open?.host_ip ?? 'every address';
    return open && `expected port ${open.target} on 127.0.0.1 only, got \`${got}\``;
  },
  management_port: ({ ports = [], environment = {} }) =>
    ports.some(({ target }) => String(target) === environment.METRICS_PORT) &&
    'expected its management port not to be published',
  management_address: ({ environment = {} }, name) => {
    const { METRICS_PORT: port, METRICS_BIND_ADDRESS: address } = environment;
    const wanted = `${name}.observability`;
    if (port === undefined || address === wanted) return undefined;
    return `expected \`METRICS_BIND_ADDRESS\` to be \`${wanted}\`, got \`${address}\``;
  },
  networks: ({ networks: own = {}, network_mode: mode }) => {
    const unknown = Object.keys(own).filter((network) => !networks.includes(network));
    if (mode === undefined && unknown.length === 0) return undefined;
    return `expected networks of \`${networks.join('`, `')}\`, got \`${mode ?? unknown.join(', ')}\``;
  },
  host_pid: ({ pid, ipc }) =>
    (pid === 'host' || ipc === 'host') && 'expected no namespace of the host',
  docker_socket: ({ volumes = [] }) =>
    volumes.some(({ source = '' }) => source.endsWith('docker.sock')) &&
    'expected no docker.sock: it is as good as root',
  bind_mounts: ({ volumes = [] }) => {
    const writable = volumes.find(({ type, read_only }) => type === 'bind' && !read_only);
    return writable && `expected \`${writable.target}\` to be mounted read-only`;
  },
  host_mount: ({ volumes = [] }) =>
    volumes.some(({ source }) => source === '/') && 'expected no mount of the host',
  secrets: ({ environment = {} }) => {
    const named = Object.entries(environment).find(([key, value]) => {
      if (!value || value.startsWith('/run/')) return false;
      return secretName.test(key) || urlWithPassword.test(value);
    });
    return named && `expected \`${named[0]}\` to come from a file`;
  },
};

/** Audits every service of a resolved model; an unused exception is a problem as well. */
export function auditCompose(model: ComposeModel, allowed: Exceptions = exceptions): string[] {
  const used = new Set<string>();
  const problems = Object.entries(model.services).flatMap(([name, service]) =>
    Object.entries(rules).flatMap(([rule, judge]) => {
      const problem = judge(service, name);
      if (!problem) return [];
      const key = `${rule} ${name}`;
      used.add(key);
      return allowed[key] ? [] : [`service \`${name}\`: ${problem}.`];
    }),
  );
  const unused = Object.keys(allowed).filter((key) => !used.has(key));
  return [...problems, ...unused.map((key) => `the exception \`${key}\` is unused. Remove it.`)];
}

/** Mounted files exist: Docker replaces a missing one by an empty folder that belongs to root. */
function missingMounts(model: ComposeModel): string[] {
  return Object.entries(model.services).flatMap(([name, { volumes = [] }]) =>
    volumes
      .filter(({ type, source = '' }) => type === 'bind' && !existsSync(source))
      .map(({ source }) => `service \`${name}\`: expected \`${source}\` to exist.`),
  );
}

/** Copies of secrets are for one reader: each of their volumes is mounted by one service only. */
export function secretVolumeProblems({ services }: Pick<ComposeModel, 'services'>): string[] {
  const readers = Object.entries(services).filter(([name]) => !name.endsWith('prepare'));
  return readers.flatMap(([name, { volumes = [] }]) =>
    volumes.flatMap(({ source = '' }) => {
      const owner = /^(?:\w+_)?(.+)-secrets$/.exec(source)?.[1];
      if (owner === undefined ? source !== 'secrets' : owner === name) return [];
      return [`service \`${name}\`: expected no secrets but its own, got \`${source}\`.`];
    }),
  );
}

/** The hardening of every service of the compose files, resolved with all profiles. */
export const composeCheck: Check = {
  name: 'compose files',
  async run(root) {
    const client = await ensureCompose();
    const all = await resolveCompose(root, client, { profiles: ['*'] });
    const files = ['docker-compose.yml', 'docker-compose.tls.yml'];
    const exposed = await resolveCompose(root, client, { profiles: ['*'], files });
    // The monitoring stack must stand alone as well.
    await resolveCompose(root, client, { files: ['docker-compose.monitoring.yml'] });
    return [
      ...auditCompose(all),
      ...auditCompose(exposed, { ...exceptions, ...tlsExceptions }),
      ...missingMounts(all),
      ...secretVolumeProblems(all),
      ...imageProblems(root),
      ...buildProblems(all),
      ...versionProblems(root, all),
    ];
  },
};
