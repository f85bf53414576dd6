import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from 'yaml';

type Versions = Readonly<Record<string, string>>;

interface LockFile {
  readonly importers: Record<string, { dependencies?: Record<string, { version: string }> }>;
  readonly snapshots: Record<string, { dependencies?: Versions; optionalDependencies?: Versions }>;
}

/** Counts, by the lock file, the packages that `pnpm install --prod` brings for each app alone. */
export function productionPackages(root: string): readonly { app: string; count: number }[] {
  const lock = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as LockFile;
  return Object.keys(lock.importers)
    .filter((path) => path.startsWith('apps/'))
    .map((path) => ({ app: path, count: installedBy(lock, path).size }));
}

function installedBy(lock: LockFile, app: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const folders = new Set<string>();
  function addPackages(versions: Versions = {}): void {
    for (const [name, version] of Object.entries(versions)) {
      const id = version in lock.snapshots ? version : `${name}@${version}`;
      if (packages.has(id)) continue;
      packages.add(id);
      const { dependencies, optionalDependencies } = lock.snapshots[id] ?? {};
      addPackages(dependencies);
      addPackages(optionalDependencies);
    }
  }
  function addFolder(folder: string): void {
    if (folders.has(folder)) return;
    folders.add(folder);
    for (const [name, { version }] of Object.entries(lock.importers[folder]?.dependencies ?? {})) {
      if (version.startsWith('link:')) addFolder(posix.join(folder, version.slice(5)));
      else addPackages({ [name]: version });
    }
  }
  addFolder(app);
  return packages;
}
