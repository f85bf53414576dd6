import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One archive that the machine's apt knows, whichever of apt's two formats it is written in. */
export interface AptSource {
  uri: string;
  suites: string[];
  components: string[];
  /** The keyring's path, or the key itself, as the machine's entry has it. */
  signedBy?: string;
  /** Whether the machine takes this archive without a signature. */
  isTrusted?: boolean;
}

const symbolicSuites = ['stable', 'oldstable', 'testing', 'unstable', 'sid'];

// https://manpages.debian.org/sources.list.5: `deb [option=value ...] uri suite component...`.
function parseLine(line: string): AptSource[] {
  const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line.trim());
  if (!match) return [];
  const [, options = '', uri = '', suite = '', components = ''] = match;
  const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1];
  const trust = authentication(signedBy, /(?:^|\s)trusted=(\S+)/.exec(options)?.[1]);
  return [{ uri, suites: [suite], components: words(components), ...trust }];
}

function authentication(signedBy: string | undefined, trusted: string | undefined) {
  return { ...(signedBy ? { signedBy } : {}), ...(trusted === 'yes' ? { isTrusted: true } : {}) };
}

function words(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter(Boolean);
}

function parseParagraph(paragraph: string): AptSource[] {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of paragraph.split('\n').filter((line) => !line.startsWith('#'))) {
    const field = /^([\w-]+):\s*(.*)$/.exec(line);
    if (field) {
      name = (field[1] ?? '').toLowerCase();
      fields.set(name, field[2] ?? '');
    } else if (/^\s/.test(line)) {
      fields.set(name, `${fields.get(name)}\n${line}`);
    }
  }
  if (fields.get('enabled') === 'no' || !words(fields.get('types')).includes('deb')) return [];
  const trust = authentication(fields.get('signed-by'), fields.get('trusted'));
  return words(fields.get('uris')).map((uri) => ({
    uri,
    suites: words(fields.get('suites')),
    components: words(fields.get('components')),
    ...trust,
  }));
}

/** Reads apt's sources from its folder, `sources.list` and `sources.list.d` alike. */
export function readAptSources(aptFolder: string): AptSource[] {
  const partsFolder = join(aptFolder, 'sources.list.d');
  const parts = existsSync(partsFolder) ? readdirSync(partsFolder).sort() : [];
  const files = [join(aptFolder, 'sources.list'), ...parts.map((part) => join(partsFolder, part))];
  return files.filter(existsSync).flatMap((file) => {
    if (file.endsWith('.list')) return readFileSync(file, 'utf8').split('\n').flatMap(parseLine);
    if (!file.endsWith('.sources')) return [];
    return readFileSync(file, 'utf8')
      .split(/\n\s*\n/)
      .flatMap(parseParagraph);
  });
}

// Third parties also call their suites after Debian's releases, so the suite alone decides nothing.
function likelihood(source: AptSource, codename: string): number {
  const releases = [...symbolicSuites, codename];
  const isRelease = source.suites.some((suite) => releases.includes(suite));
  if (!isRelease || !source.components.includes('main')) return 0;
  const isSignedByDebian = /debian-archive[\w-]*\.(gpg|asc|pgp)/.test(source.signedBy ?? '');
  const isNamedDebian = /\/debian(\.list)?\/?$/.test(source.uri);
  return (isSignedByDebian ? 2 : 0) + (isNamedDebian ? 1 : 0);
}

/** The entry that is Debian itself: neither its security archive nor a third party. */
export function findDebianSource(sources: AptSource[], codename: string): AptSource | undefined {
  return sources
    .map((source) => ({ source, score: likelihood(source, codename) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)[0]?.source;
}
