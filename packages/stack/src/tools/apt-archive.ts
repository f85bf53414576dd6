import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, runOrThrow } from '../run-command.ts';
import { StackError } from '../stack-error.ts';
import { type AptSource, findDebianSource, readAptSources } from './apt-sources.ts';

/** A package in the archive's signed index. */
export interface IndexEntry {
  package: string;
  version: string;
  sha256: string;
  /** The name apt gives the file that it downloads. */
  fileName: string;
}

/** An apt with its lists and cache in our folder; the machine's stay untouched. */
export type AptArchive = Awaited<ReturnType<typeof openAptArchive>>;

// Debian's stable releases carry Prometheus 2; the binaries of sid run on them all the same.
const suite = 'sid';
// We have our own lists and languages; the machine's other settings, such as its proxy, apply.
const ignoredSettings = /^Acquire::(IndexTargets|Languages|Changelogs)\b/;

/** The name of the machine's release; empty where it has none. */
export function codenameIn(osReleaseFile = '/etc/os-release'): string {
  const release = existsSync(osReleaseFile) ? readFileSync(osReleaseFile, 'utf8') : '';
  return /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(release)?.[1] ?? '';
}

/** The machine's entry for Debian itself, which names the mirror; throws when there is none. */
export function debianSourceOf(aptFolder = '/etc/apt', osReleaseFile?: string): AptSource {
  const source = findDebianSource(readAptSources(aptFolder), codenameIn(osReleaseFile));
  if (source) return source;
  throw new StackError(
    `Expected \`${aptFolder}\` to name a mirror of Debian itself, got none; ` +
      'only Debian machines can fetch the monitoring tools.',
  );
}

function renderSource({ uri, signedBy, isTrusted }: AptSource): string {
  const signature = `${signedBy ? `Signed-By: ${signedBy}\n` : ''}${isTrusted ? 'Trusted: yes\n' : ''}`;
  return `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\n${signature}`;
}

function renderConfiguration(folder: string, machineSettings: string): string {
  const settings = machineSettings
    .split('\n')
    .filter((line) => line.startsWith('Acquire::') && !ignoredSettings.test(line));
  return [
    ...settings,
    'Acquire::Languages "none";',
    // Somebody waits at a terminal: a mirror that doesn't answer is a failure within seconds.
    'Acquire::Retries "1";',
    'Acquire::http::Timeout "15";',
    'Acquire::https::Timeout "15";',
    // Without the machine's own files, none of its hooks run and none of its pins apply.
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    'Dir::Etc::sourceparts "/dev/null";',
    `Dir::Etc::sourcelist "${join(folder, 'debian.sources')}";`,
    `Dir::State "${join(folder, 'state')}";`,
    `Dir::State::lists "${join(folder, 'lists')}";`,
    `Dir::State::status "${join(folder, 'status')}";`,
    `Dir::Cache "${join(folder, 'cache')}";`,
    // apt's own user can't enter a cache below a home folder, and nothing is unpacked by apt.
    'APT::Sandbox::User "root";',
    '',
  ].join('\n');
}

/** Parses the output of `apt-cache show`. */
function parseIndex(output: string): IndexEntry[] {
  return output.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const [name, version, sha256] = [field('Package'), field('Version'), field('SHA256')];
    const architecture = field('Architecture');
    if (!name || !version || !sha256 || !architecture) return [];
    // apt escapes the epoch's colon, as in `1%3a2.0-1`.
    const fileName = `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
    return [{ package: name, version, sha256, fileName }];
  });
}

/** Sets up an apt that knows one archive only, inside the folder. */
export async function openAptArchive(folder: string, source: AptSource) {
  for (const name of ['state', 'lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const machine = await runCommand('apt-config', ['dump']);
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'debian.sources'), renderSource(source));
  writeFileSync(join(folder, 'apt.conf'), renderConfiguration(folder, machine.stdout));
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };

  return {
    update: async () => {
      // Without this option apt reports an unreachable mirror as a warning, and success.
      const args = ['-o', 'APT::Update::Error-Mode=any', 'update', '-qq'];
      await runOrThrow('apt-get', args, { cwd: folder, env });
    },
    lookUp: async (packages: string[]) => {
      const args = ['show', '--no-all-versions', ...packages];
      return parseIndex((await runCommand('apt-cache', args, { cwd: folder, env })).stdout);
    },
    download: async (packages: string[], into: string) => {
      await runOrThrow('apt-get', ['download', '-qq', ...packages], { cwd: into, env });
    },
  };
}
