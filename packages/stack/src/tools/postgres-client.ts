import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPostgres } from '../postgres/binaries.ts';

const programs = ['pg_dump', 'pg_restore'];
// That of Debian would bring Kerberos and LDAP along.
const libpq = /^lib(pq|ssl|crypto)\.so/;

/** Starts one with the loader and the libraries that it was built for; every path is beside its own. */
function wrapper(program: string, libraries: readonly string[]): string {
  return `#!/bin/sh
# Made when the package was unpacked: Debian's program with its own libraries.
here=$(dirname "$(readlink -f "$0")")
tools=$here/../../../..
libraries=$here
for package in ${libraries.join(' ')}; do
  for folder in "$tools/$package"/usr/lib/*-linux-gnu*; do libraries=$folder:$libraries; done
done
for loader in "$tools"/libc6/usr/lib/*/ld-linux*.so.*; do :; done
for program in "$tools"/postgresql-client-*/usr/lib/postgresql/*/bin/${program}; do :; done
exec "$loader" --library-path "$libraries" "$program" "$@"
`;
}

/** Makes an unpacked postgresql-client run on a machine whose libraries are older than it needs. */
export function wrapPostgresClient(
  root: string,
  folder: string,
  libraries: readonly string[],
): void {
  const own = join(root, folder);
  mkdirSync(own, { recursive: true });
  const from = join(findPostgres(), 'lib');
  for (const name of readdirSync(from).filter((each) => libpq.test(each))) {
    cpSync(join(from, name), join(own, name), { verbatimSymlinks: true });
  }
  for (const program of programs) {
    writeFileSync(join(own, program), wrapper(program, libraries), { mode: 0o755 });
  }
}
