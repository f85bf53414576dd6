/** A binary that Debian packages; found on PATH or in the cache, or fetched into the cache. */
export interface Tool {
  /** Upstream's name first, then Debian's. */
  commands: string[];
  /** The Debian package that holds it, and where. */
  package: string;
  file: string;
  /** The oldest `major.minor` whose flags and configuration ours are written for. */
  minimumVersion: [major: number, minor: number];
  /** A folder it was built to find below `/`, though its package is only unpacked, not installed. */
  relocatedFolder?: string;
}

/** Every tool the native mode can fetch, by name. */
const toolCatalogue = {
  // UTF-8 names, `le` written as a float and the strict content type arrived with 3.0.
  prometheus: {
    commands: ['prometheus'],
    package: 'prometheus',
    file: 'usr/bin/prometheus',
    minimumVersion: [3, 0],
  },
  promtool: {
    commands: ['promtool'],
    package: 'promtool',
    file: 'usr/bin/promtool',
    minimumVersion: [3, 0],
  },
  // Debian's reads the default template of every notification from /usr/share.
  // The parser of UTF-8 matchers arrived with 0.27.
  alertmanager: {
    commands: ['alertmanager', 'prometheus-alertmanager'],
    package: 'prometheus-alertmanager',
    file: 'usr/bin/prometheus-alertmanager',
    minimumVersion: [0, 27],
    relocatedFolder: '/usr/share/prometheus/alertmanager',
  },
  amtool: {
    commands: ['amtool'],
    package: 'prometheus-alertmanager',
    file: 'usr/bin/amtool',
    minimumVersion: [0, 27],
  },
  'node-exporter': {
    commands: ['node_exporter', 'prometheus-node-exporter'],
    package: 'prometheus-node-exporter',
    file: 'usr/bin/prometheus-node-exporter',
    minimumVersion: [1, 5],
  },
  // Older ones do not know PostgreSQL 17 and 18, which moved the checkpoint statistics.
  'postgres-exporter': {
    commands: ['postgres_exporter', 'prometheus-postgres-exporter'],
    package: 'prometheus-postgres-exporter',
    file: 'usr/bin/prometheus-postgres-exporter',
    minimumVersion: [0, 16],
  },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof toolCatalogue;

/** The tool of that name, with its type widened to what all tools share. */
export function toolNamed(name: ToolName): Tool {
  return toolCatalogue[name];
}

/** Every tool that comes with the package. */
export function toolsIn(packageName: string): Tool[] {
  const tools: Tool[] = Object.values(toolCatalogue);
  return tools.filter((tool) => tool.package === packageName);
}
