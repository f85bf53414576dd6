import { hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runOrThrow } from '../run-command.ts';
import { messageOf, StackError } from '../stack-error.ts';
import { type AptArchive, debianSourceOf, type IndexEntry, openAptArchive } from './apt-archive.ts';
import { toolsIn } from './catalogue.ts';
import { wrapPostgresClient } from './postgres-client.ts';

export interface FetchOptions {
  cacheFolder: string;
  /** apt's own folder; the mirror is read from it. */
  aptFolder?: string;
  osReleaseFile?: string;
  onProgress?: (message: string) => void;
}

/** The folder a package is unpacked into. */
export function packageFolder(cacheFolder: string, name: string): string {
  return join(cacheFolder, 'tools', name);
}

/** Throws unless the file's SHA-256 is that of the archive's index. */
function verifyChecksum(file: string, expected: string): void {
  const actual = hash('sha256', readFileSync(file));
  if (actual === expected) return;
  throw new StackError(
    `Expected \`${file}\` to have the SHA-256 ${expected} of the archive's index, got ` +
      `\`${actual}\`: the file is truncated or altered, and was not unpacked. ` +
      'Delete it and start again.',
  );
}

/**
 * Makes a binary look for a folder below its working directory instead of below `/`. The path in
 * it is replaced by one of the same length, `/usr/share` by `usr//share`, so that no offset moves.
 */
function relocateFolder(binary: string, folder: string): void {
  const relative = folder.slice(1).replace('/', '//');
  const [from, to] = [Buffer.from(folder), Buffer.from(relative)];
  const content = readFileSync(binary);
  for (let at = content.indexOf(from); at !== -1; at = content.indexOf(from, at + 1)) {
    to.copy(content, at);
  }
  writeFileSync(binary, content);
}

// Unpacked aside and renamed, so that a tool in the cache is always a whole one.
async function unpack(file: string, cacheFolder: string, name: string): Promise<void> {
  const target = packageFolder(cacheFolder, name);
  mkdirSync(join(cacheFolder, 'tools'), { recursive: true });
  const aside = mkdtempSync(join(cacheFolder, 'tools', `.${name}-`));
  try {
    await runOrThrow('dpkg-deb', ['-x', file, join(aside, 'new')]);
    for (const { file: binary, relocatedFolder, libraries } of toolsIn(name)) {
      if (relocatedFolder) relocateFolder(join(aside, 'new', binary), relocatedFolder);
      if (libraries) wrapPostgresClient(join(aside, 'new'), dirname(binary), libraries);
    }
    if (existsSync(target)) renameSync(target, join(aside, 'old'));
    renameSync(join(aside, 'new'), target);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Unpacks the packages in the cache; returns the names of the missing ones. */
async function unpackDownloaded(
  entries: IndexEntry[],
  wanted: string[],
  cacheFolder: string,
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of wanted) {
    const entry = entries.find((entry) => entry.package === name);
    const file = join(cacheFolder, 'archives', entry?.fileName ?? '');
    if (!entry || !existsSync(file)) {
      missing.push(name);
      continue;
    }
    verifyChecksum(file, entry.sha256);
    await unpack(file, cacheFolder, name);
  }
  return missing;
}

async function download(archive: AptArchive, names: string[], options: FetchOptions) {
  const { cacheFolder, onProgress } = options;
  onProgress?.(`fetching ${names.join(', ')} from Debian's archive`);
  await archive.update();
  const entries = await archive.lookUp(names);
  const absent = await unpackDownloaded(entries, names, cacheFolder);
  if (absent.length === 0) return;
  await archive.download(absent, join(cacheFolder, 'archives'));
  const unknown = await unpackDownloaded(entries, absent, cacheFolder);
  if (unknown.length > 0) throw new StackError(`the archive has no ${unknown.join(', ')}`);
}

/**
 * Brings the packages into the cache, unpacked; nothing is installed. Throws when one can't be
 * fetched, and when a file differs from the archive's signed index.
 */
export async function fetchPackages(names: string[], options: FetchOptions): Promise<void> {
  const { cacheFolder } = options;
  mkdirSync(join(cacheFolder, 'archives'), { recursive: true });
  const source = debianSourceOf(options.aptFolder, options.osReleaseFile);
  const archive = await openAptArchive(join(cacheFolder, 'apt'), source);
  const known = await archive.lookUp(names);
  const missing = await unpackDownloaded(known, names, cacheFolder);
  if (missing.length === 0) return;
  try {
    await download(archive, missing, options);
  } catch (error) {
    throw new StackError(
      `Could not fetch ${missing.join(', ')} from Debian's archive: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
