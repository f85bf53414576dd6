import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';

export interface InjectedFault {
  /** For the log. */
  readonly description: string;
  undo(): Promise<void>;
  /** The same as data, for another process if this one dies. */
  readonly cleanup: readonly CleanupStep[];
}

/** A connection to the database that stays open. */
export interface Session {
  /** Rejects with the database's error. */
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** Components with an HTTP API. */
export type Source = 'prometheus' | 'alertmanager' | 'oncall' | 'loki' | 'jaeger' | 'grafana';

/** The columns of each row, in the order of the statement. */
export type Rows = readonly (readonly unknown[])[];

export interface ConfigurationChange {
  readonly component: string;
  readonly by: 'restart' | 'reload' | 'itself';
  /** From `monitoring`, or from the folder of all data. */
  readonly file: string;
  readonly in: 'monitoring' | 'data';
  readonly replace?: Readonly<Record<string, string>> | undefined;
  readonly content?: string | undefined;
}

/** The drilled system. Methods reject with StackError where its mode can't do something. */
export interface DrillSystem {
  readonly mode: 'native' | 'compose';
  /** By how much time is compressed; 1 as shipped. */
  readonly timeFactor: number;
  readonly components: readonly string[];
  /** Undefined where the source does not run. */
  url(source: Source): string | undefined;
  /** Undefined where the app has no public address on this machine. */
  publicUrl(app: string): string | undefined;
  /** One line for each component that is not ready. */
  unhealthyComponents(): Promise<readonly string[]>;
  /** Sends a request to a management server; resolves to the body, rejects when it is refused. */
  manage(app: string, method: string, path: string, body?: unknown): Promise<unknown>;
  /** An orderly stop. */
  halt(component: string): Promise<InjectedFault>;
  /** SIGSTOP. */
  pause(component: string): Promise<InjectedFault>;
  /** SIGKILL. */
  kill(component: string): Promise<InjectedFault>;
  /** Makes all changes, then restarts or reloads each component once. */
  configure(changes: readonly ConfigurationChange[]): Promise<InjectedFault>;
  sql(statement: string): Promise<Rows>;
  openSession(): Promise<Session>;
  /** Holds a folder of log files for each service. */
  logsFolder(): string;
  /** The environment with which `on-call.sh` finds this system. */
  readonly shell: NodeJS.ProcessEnv;
  /** How another process removes the faults of an app. */
  faultsCleanup(app: string): CleanupStep;
  sqlCleanup(statement: string): CleanupStep;
  /** Stops the system if it was started for the drills alone. */
  stop(): Promise<void>;
}
