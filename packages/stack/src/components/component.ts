import type { PortSpec } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Launch } from '../supervision/child.ts';
import type { Probe } from '../supervision/probe.ts';
import type { ToolName } from '../tools/catalogue.ts';

/** Where a component's program comes from. */
export type ProgramSource =
  | { kind: 'app' }
  | { kind: 'postgres' }
  | { kind: 'tool'; tool: ToolName }
  /** Joins only where the command is on PATH and the file stands in `monitoring`. */
  | {
      kind: 'optional';
      commands: string[];
      versionArgs: string[];
      file: string;
      absenceCost: string;
    };

/** What a component may know of the run that it is part of. */
export interface RunContext {
  settings: Settings;
  folder: StateFolder;
  timeFactor: number;
  /** Where the apps' folders are. */
  appsFolder: string;
  /** The program of a component that takes part. */
  program(component: string): { path: string; version: string };
  /** Whether that component takes part. */
  has(component: string): boolean;
  port(component: string, name?: string): number;
  /** `http://127.0.0.1:<port>`. */
  url(component: string, name?: string): string;
  /** The address on this machine of each `component:port` of the compose files that takes part. */
  addresses: Record<string, string>;
  /** Where traces go; undefined when nothing takes them. */
  otlpEndpoint: string | undefined;
}

/** One process of the system, as data. */
export interface Component {
  name: string;
  source: ProgramSource;
  /** The first is the one that people open. */
  ports: Record<string, PortSpec>;
  /** Those that must be ready first, as far as they take part. */
  startsAfter: string[];
  launch(context: RunContext): Promise<Launch> | Launch;
  probe(context: RunContext): Probe;
  /** What people connect to, where it is no web address. */
  address?(context: RunContext): string;
  /** SIGTERM where there is none. */
  stopSignal?: NodeJS.Signals;
  /** Its folders in `monitoring`. */
  configFolders?: string[];
  /** Further `host:port` tokens in its files, each with the name of the port that it stands for. */
  listenTokens?: Record<string, string>;
}
