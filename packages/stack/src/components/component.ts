import type { PortSpec } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Launch } from '../supervision/child.ts';
import type { Probe } from '../supervision/probe.ts';
import type { ToolName } from '../tools/catalogue.ts';

type ProgramSource =
  | { kind: 'app' }
  | { kind: 'postgres' }
  /** A file of `monitoring` that Node runs. */
  | { kind: 'script'; file: string }
  /** With `absenceCost` it takes part only where the tool is found or can be fetched. */
  | { kind: 'tool'; tool: ToolName; absenceCost?: string }
  /** Takes part only if the command is on PATH and the file is in `monitoring`. */
  | {
      kind: 'optional';
      commands: string[];
      versionArgs: string[];
      file: string;
      absenceCost: string;
    };

export interface RunContext {
  settings: Settings;
  folder: StateFolder;
  timeFactor: number;
  appsFolder: string;
  program(component: string): { path: string; version: string };
  /** Whether that component takes part. */
  has(component: string): boolean;
  port(component: string, name?: string): number;
  /** `http://127.0.0.1:<port>`: of the gate, where the component is behind it. */
  url(component: string, name?: string): string;
  /** The same of the component itself. */
  direct(component: string): string;
  /** The address on this machine of each `component:port` of the compose files that takes part. */
  addresses: Record<string, string>;
  /** The receiver of traces, OTLP over HTTP; undefined without one. */
  otlpEndpoint: string | undefined;
}

export type ComponentLaunch = Partial<Launch> & Pick<Launch, 'args'>;

export interface Component {
  name: string;
  source: ProgramSource;
  /** The first is the component's main address. */
  ports: Record<string, PortSpec>;
  /** Dependencies that must be ready first, as far as they take part. */
  startsAfter?: string[];
  /** By default it runs the component's program in the folder of all data. */
  launch(context: RunContext): Promise<ComponentLaunch> | ComponentLaunch;
  probe(context: RunContext): Probe;
  /** The main address of a component that is no web server. */
  address?(context: RunContext): string;
  /** SIGTERM by default. */
  stopSignal?: NodeJS.Signals;
  /** Folders of `monitoring`. */
  configFolders?: string[];
}
