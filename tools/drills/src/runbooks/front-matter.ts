import { z } from 'zod';

/** The symptoms by which somebody looks for a runbook, in the order of the index. */
export const symptoms = {
  failing: 'Requests or payments fail',
  slow: 'Requests are slow',
  down: 'A service is down',
  stuck: 'Work is delayed or lost',
  full: 'A resource is nearly exhausted',
  wrong: 'Data is wrong',
  blind: 'The monitoring itself fails',
} as const;

const name = z.string().regex(/^[a-z][a-z-]*$/);
const names = z.tuple([name], name);
const seconds = z.number().positive();

const fault = z.strictObject({
  app: name,
  /** The body of `PUT /faults`: settings by the fault's name. */
  set: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** Only in this mode; a container, for example, has less memory than a machine. */
  on: z.enum(['compose', 'native']).optional(),
  /** As if somebody had injected it outside of a drill. */
  isByHand: z.literal(true).optional(),
});
const faults = z.tuple([fault], fault);

const sql = z.strictObject({
  /** How many connections run the statements, each for itself, and stay open until undone. */
  sessions: z.number().int().min(1).max(200).default(1),
  /** Or as many connections as use that share of `max_connections`. */
  fill: z.number().min(0.1).max(0.95).optional(),
  /** In order; an error rolls back and goes on. */
  run: z.array(z.string().min(1)).min(1),
  /** Whether each connection repeats the statements until undone. */
  isRepeated: z.boolean().default(false),
  /** Runs after the connections are closed. */
  undo: z.array(z.string().min(1)).default([]),
});

const load = z.strictObject({
  /** Requests go to its public port, past the gateway and its limits. */
  app: name,
  perSecond: z.number().positive().max(200),
  method: z.enum(['GET', 'POST']),
  /** `$n` counts from 1 to 100 and starts over, so that no cache answers. */
  path: z.string().startsWith('/'),
  body: z.record(z.string(), z.unknown()).optional(),
});

const change = z
  .strictObject({
    /** Takes the changed file, and the shipped one to undo. */
    component: name,
    /** By a restart, by SIGHUP, or by itself. */
    by: z.enum(['restart', 'reload', 'itself']).default('restart'),
    /** From `monitoring`, or from the folder of all data; only the running copy is changed. */
    file: z.string().regex(/^[a-z-]+\/[\w./-]+$/),
    in: z.enum(['monitoring', 'data']).default('monitoring'),
    /** Each key is replaced once by its value. */
    replace: z.record(z.string(), z.string()).optional(),
    /** Or the content of a file that the shipped configuration lacks. */
    content: z.string().optional(),
  })
  .refine(({ replace, content }) => (replace === undefined) !== (content === undefined), {
    message: 'Expected either `replace` or `content`.',
  });

/** One change or several; all are made before a component takes them. */
const configure = z.union([z.array(change).min(1), change.transform((one) => [one])]);

const lines = z.strictObject({
  /** The folder of the log, removed to undo. */
  service: name,
  everySeconds: seconds,
  line: z.record(z.string(), z.unknown()),
});

const crash = z.strictObject({
  /** Ended by an unhandled rejection, again each time it is back. */
  app: name,
  times: z.number().int().min(1).max(20),
});

const breakage = z.strictObject({
  faults: faults.optional(),
  /** An orderly stop; started to undo. */
  halt: names.optional(),
  /** SIGSTOP; continued to undo. */
  pause: names.optional(),
  /** SIGKILL, as in a crash; they restart by themselves. */
  kill: names.optional(),
  crash: crash.optional(),
  sql: z.array(sql).min(1).optional(),
  load: load.optional(),
  /** Synthetic visits per second. */
  traffic: z.number().min(0).max(1_000).optional(),
  /** The busy share of all processors; above 1 more work than they can do, so that tasks wait. */
  processors: z.number().min(0.1).max(3).optional(),
  configure: configure.optional(),
  lines: lines.optional(),
  /** A silence of Alertmanager that mutes every alert. */
  silence: z.literal('everything').optional(),
  /** Other critical alerts that are allowed to fire. */
  also: z.array(z.string()).optional(),
  /** Alerts that fire as well, and that Alertmanager must mute: nobody is notified of them. */
  mutes: z.array(z.string()).optional(),
  /**
   * `fires-late` where the fault is in the path of the notification, which arrives once it is undone;
   * `falls-silent` where the alarm is that the alert stops.
   */
  outcome: z.enum(['fires', 'fires-late', 'falls-silent']).default('fires'),
  /** Why the alert takes more than five minutes to fire, at the intervals as shipped. */
  slowBecause: z.string().min(20).optional(),
});

const exemption = z.strictObject({ exempt: z.string().min(20) });

const actions = [
  ...['faults', 'halt', 'pause', 'kill', 'crash', 'sql', 'load', 'traffic', 'processors'],
  ...['configure', 'lines', 'silence'],
];

/** The faults that make the alert of a runbook fire, or why there is no drill. */
const drill = z.union([
  breakage.refine((value) => actions.some((action) => action in value), {
    message: `Expected one of ${actions.join(', ')}, or \`exempt\` with a reason.`,
  }),
  exemption,
]);

export type Drill = z.output<typeof drill>;

export const frontMatter = z.strictObject({
  severity: z.enum(['critical', 'warning', 'info', 'none']),
  component: z.string(),
  symptom: z.enum(Object.keys(symptoms) as [keyof typeof symptoms]),
  rule: z.string(),
  dashboard: z.string(),
  drill,
});

export type FrontMatter = z.output<typeof frontMatter>;
