import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { replaceDurably } from '../durable-file.ts';
import { StackError } from '../stack-error.ts';

export interface PostgresHome {
  /** Holds `data`; belongs to the user below. */
  folder: string;
  /** Holds bin, lib and share. */
  binaries: string;
  /** Undefined when it runs as we do. */
  user?: { uid: number; gid: number };
}

// initdb has a shell run `"<folder>/postgres" -V`.
const shellSyntax = /["$`\\]/;

// The first place survives a reboot; a temporary folder often doesn't.
const sharedFolders = ['/var/tmp', tmpdir()];

/** The user `nobody`: PostgreSQL refuses to run as root, and no user may be added to the machine. */
function unprivilegedUser(): { uid: number; gid: number } {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users);
  if (line) return { uid: Number(line[1]), gid: Number(line[2]) };
  throw new StackError(
    'Expected /etc/passwd to have the user `nobody`, got none; PostgreSQL refuses to run as root. ' +
      'Start as another user than root.',
  );
}

/** Whether every user may pass through the folder and all folders above it. */
export function isTraversable(folder: string): boolean {
  const parent = dirname(folder);
  // The lowest bit is `execute` for others, which on a folder means passing through.
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (parent === folder || isTraversable(parent));
}

function sharedParent(): string {
  for (const folder of sharedFolders.filter(existsSync)) {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      if (isTraversable(folder)) return folder;
    } catch {
      // Tried in turn; that none will do is reported below.
    }
  }
  throw new StackError(
    `Expected one of ${sharedFolders.join(', ')} to be writable and open to all users, got none; ` +
      'PostgreSQL, which refuses to run as root, has no usable folder.',
  );
}

// In a folder that all may write to, others could create a guessable name first; so the name is
// random, and recorded.
function recordedFolder(recordFile: string): string {
  const recorded = existsSync(recordFile) ? readFileSync(recordFile, 'utf8').trim() : undefined;
  if (recorded && existsSync(recorded)) return recorded;
  if (recorded === '') {
    throw new StackError(
      `Expected \`${recordFile}\` to name PostgreSQL's folder, got an empty file. Write the name of ` +
        `the right \`${sharedFolders[0]}/watchkeeper-postgres-…\` into it, or delete it to begin with an ` +
        'empty database.',
    );
  }
  const folder = mkdtempSync(join(sharedParent(), 'watchkeeper-postgres-'));
  chmodSync(folder, 0o711);
  replaceDurably(recordFile, folder);
  return folder;
}

/** Whether every file is there in its size: a power cut leaves names without content. */
function isCopied(from: string, to: string): boolean {
  return readdirSync(from, { recursive: true, encoding: 'utf8' }).every((name) => {
    const copy = lstatSync(join(to, name), { throwIfNoEntry: false });
    const original = lstatSync(join(from, name));
    return copy !== undefined && (!original.isFile() || copy.size === original.size);
  });
}

function copyBinaries(from: string, folder: string): string {
  const to = join(folder, 'native');
  if (!isCopied(from, to)) {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, force: true });
  }
  return to;
}

/**
 * Finds a folder for PostgreSQL inside the state folder; for root, where its user can't enter that
 * (a checkout below /root, say), one outside, recorded in the state folder.
 */
export function findPostgresHome(
  dataFolder: string,
  binaries: string,
  isRoot = process.getuid?.() === 0,
): PostgresHome {
  const own = join(dataFolder, 'postgres');
  mkdirSync(dataFolder, { recursive: true });
  if (!isRoot && !shellSyntax.test(binaries)) return { folder: own, binaries };
  if (!isRoot) {
    const outside = recordedFolder(join(dataFolder, 'postgres-home'));
    return { folder: own, binaries: copyBinaries(binaries, outside) };
  }
  const user = unprivilegedUser();
  const canReachData = isTraversable(dataFolder);
  const canReachBinaries = isTraversable(join(binaries, 'bin')) && !shellSyntax.test(binaries);
  if (canReachData && canReachBinaries) return { folder: own, binaries, user };
  const outside = recordedFolder(join(dataFolder, 'postgres-home'));
  return {
    folder: canReachData ? own : join(outside, 'home'),
    binaries: canReachBinaries ? binaries : copyBinaries(binaries, outside),
    user,
  };
}
