import { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dockerOrThrow, type Engine, hasImage } from '@watchkeeper/compose/engine';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { runOrThrow } from '@watchkeeper/stack/run-command';
import { StackError } from '@watchkeeper/stack/stack-error';
import { codenameIn, debianSourceOf } from '@watchkeeper/stack/tools/apt-archive';

/** The base of every stand-in: a minimal copy of this machine's Debian. */
export const baseImage = 'watchkeeper/stand-in-base:debian';

// Called by the health checks and by the database's first start.
const packages = ['ca-certificates', 'wget', 'postgresql-client'];

// The users of the replaced images: programs such as initdb look up their name.
const users = [
  'postgres:x:70:70::/var/lib/postgresql:/bin/sh',
  'grafana:x:472:0::/usr/share/grafana:/bin/sh',
  'alloy:x:473:473::/:/bin/sh',
  'node:x:1000:1000::/home/node:/bin/sh',
  'monitoring:x:10001:10001::/:/bin/sh',
];

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** Makes the base from Debian's archive, once. */
export async function ensureBaseImage(
  engine: Engine,
  onProgress: (message: string) => void,
): Promise<void> {
  if (await hasImage(baseImage, engine)) return;
  const codename = codenameIn();
  if (!codename) {
    throw new StackError('Expected /etc/os-release to name a release of Debian, got none.');
  }
  onProgress(`making ${baseImage} from Debian's archive`);
  await withTemporaryFolder(async (temporary) => {
    const folder = join(temporary, 'root');
    const archive = join(temporary, 'root.tar');
    mkdirSync(folder);
    await runOrThrow('debootstrap', [
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      codename,
      folder,
      debianSourceOf().uri,
    ]);
    appendFileSync(join(folder, 'etc/passwd'), `${users.join('\n')}\n`);
    // The containers trust this machine's certificate authorities, such as a proxy's.
    if (existsSync(certificates)) copyFileSync(certificates, join(folder, certificates));
    const unneeded = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale'];
    for (const path of unneeded) rmSync(join(folder, path), { recursive: true, force: true });
    await runOrThrow('tar', ['-C', folder, '--numeric-owner', '-cf', archive, '.']);
    const label = ['--change', 'LABEL io.watchkeeper.stand-in=true'];
    await dockerOrThrow(['import', ...label, archive, baseImage], engine);
  });
}
