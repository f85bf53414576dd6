import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';

/** Something that was broken, and how it is made good again. */
export interface InjectedFault {
  /** What was done, in a few words, for the time line. */
  readonly what: string;
  undo(): Promise<void>;
  /** The same as data, for another process to do if this one dies. */
  readonly rescue: readonly CleanupStep[];
}

/** One connection to the database that stays open. */
export interface Session {
  /** Runs one statement; rejects with the database's complaint. */
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** What can be asked over HTTP. */
export type Source = 'prometheus' | 'alertmanager' | 'oncall' | 'loki' | 'jaeger' | 'grafana';

/** Rows of a statement, each with its columns in their order. */
export type Rows = readonly (readonly unknown[])[];

/** A change to a component's configuration. */
export interface Change {
  readonly component: string;
  /** From `monitoring`. */
  readonly file: string;
  readonly replace?: Readonly<Record<string, string>> | undefined;
  readonly content?: string | undefined;
}

/** The system that is drilled, wherever it runs. What a place can't do rejects and says so. */
export interface DrillSystem {
  readonly mode: 'native' | 'compose';
  /** By how much time is compressed; 1 where it runs as shipped. */
  readonly timeFactor: number;
  readonly components: readonly string[];
  /** Where the source is; undefined where it does not run. */
  url(source: Source): string | undefined;
  /** The public address of an app; undefined where it has none on this machine. */
  publicUrl(app: string): string | undefined;
  /** What is wrong with the processes, one line each. */
  unhealthyComponents(): Promise<readonly string[]>;
  /** Asks a management server; resolves with the body, rejects when it refuses. */
  manage(app: string, method: string, path: string, body?: unknown): Promise<unknown>;
  halt(component: string): Promise<InjectedFault>;
  pause(component: string): Promise<InjectedFault>;
  kill(component: string): Promise<InjectedFault>;
  configure(change: Change): Promise<InjectedFault>;
  sql(statement: string): Promise<Rows>;
  openSession(): Promise<Session>;
  /** The folder in which each service has a folder of its log files. */
  logsFolder(): string;
  /** What a shell of the on-caller needs to find this system. */
  readonly shell: NodeJS.ProcessEnv;
  /** How a fault switched on over HTTP is ended by another process. */
  rescueFaults(app: string): CleanupStep;
  rescueSql(statement: string): CleanupStep;
  /** Ends the system where it was started for the drills alone. */
  stop(): Promise<void>;
}
