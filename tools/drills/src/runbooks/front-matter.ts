import { z } from 'zod';

/** What somebody notices first, by which they look for a page; in the order of the index. */
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

const faults = z.tuple(
  [
    z.strictObject({
      app: name,
      /** The body of `PUT /faults`: settings by the fault's name. */
      set: z.record(z.string(), z.record(z.string(), z.unknown())),
      /** Only where it runs so; a container's memory, say, is smaller than a machine's. */
      on: z.enum(['compose', 'native']).optional(),
    }),
  ],
  z.strictObject({
    app: name,
    set: z.record(z.string(), z.record(z.string(), z.unknown())),
    on: z.enum(['compose', 'native']).optional(),
  }),
);

const sql = z.strictObject({
  /** How many connections do it at once, each for itself, and stay open until healing. */
  sessions: z.number().int().min(1).max(200).default(1),
  /** Or as many as bring the connections in use to that share of those that PostgreSQL allows. */
  fill: z.number().min(0.1).max(0.95).optional(),
  /** One connection's statements, in order; an error rolls back and goes on. */
  run: z.array(z.string().min(1)).min(1),
  /** Whether a connection begins anew when it is through, until healing. */
  isRepeated: z.boolean().default(false),
  /** Statements that undo it, after the connections are closed. */
  undo: z.array(z.string().min(1)).default([]),
});

const load = z.strictObject({
  /** The app whose public port is asked, past the gateway and its limits. */
  app: name,
  perSecond: z.number().positive().max(200),
  method: z.enum(['GET', 'POST']),
  /** `$n` in it counts from 1 to 100 and begins anew, so that caches on the way don't answer. */
  path: z.string().startsWith('/'),
  body: z.record(z.string(), z.unknown()).optional(),
});

const configure = z
  .strictObject({
    /** Restarted with the changed file, and again with the shipped one in healing. */
    component: name,
    /** From `monitoring`; the running copy is changed, never the shipped file. */
    file: z.string().regex(/^[a-z-]+\/[\w./-]+$/),
    /** The texts to replace, each once, by what. */
    replace: z.record(z.string(), z.string()).optional(),
    /** Or all of a file that is not there otherwise. */
    content: z.string().optional(),
  })
  .refine(({ replace, content }) => (replace === undefined) !== (content === undefined), {
    message: 'Expected either `replace` or `content`.',
  });

const lines = z.strictObject({
  /** The folder of the log that the lines are written to; it is removed in healing. */
  service: name,
  everySeconds: seconds,
  line: z.record(z.string(), z.unknown()),
});

const breakage = z.strictObject({
  faults: faults.optional(),
  /** Stopped in an orderly way; started again in healing. */
  halt: names.optional(),
  /** Stopped in the middle of whatever they do (SIGSTOP); continued in healing. */
  pause: names.optional(),
  /** Ended as by a crash (SIGKILL); they start again by themselves. */
  kill: names.optional(),
  sql: z.array(sql).min(1).optional(),
  load: load.optional(),
  /** Synthetic customers' visits a second; set back in healing. */
  traffic: z.number().min(0).max(1_000).optional(),
  /** Share of all the machine's processors that is kept busy, until healing. */
  processors: z.number().min(0.1).max(1).optional(),
  configure: configure.optional(),
  lines: lines.optional(),
  /** Alerts of severity critical that may fire besides. */
  also: z.array(z.string()).optional(),
  /**
   * `fires` is the rule; `fires-late` where what is broken is the way of the notification, which
   * arrives after healing; `falls-silent` where the alarm is the absence of the alert.
   */
  outcome: z.enum(['fires', 'fires-late', 'falls-silent']).default('fires'),
});

const exemption = z.strictObject({ exempt: z.string().min(20) });

const actions = [
  ...[
    'faults',
    'halt',
    'pause',
    'kill',
    'sql',
    'load',
    'traffic',
    'processors',
    'configure',
    'lines',
  ],
];

/** How a page's alert is made to fire, as data: a program breaks, follows, heals. */
export const drill = z.union([
  breakage.refine((value) => actions.some((action) => action in value), {
    message: `Expected one of ${actions.join(', ')}, or \`exempt\` with a reason.`,
  }),
  exemption,
]);

/** A drill, checked. */
export type Drill = z.output<typeof drill>;

/** What stands above a page. */
export const frontMatter = z.strictObject({
  severity: z.enum(['critical', 'warning', 'none']),
  component: z.string(),
  symptom: z.enum(Object.keys(symptoms) as [keyof typeof symptoms]),
  rule: z.string(),
  dashboard: z.string(),
  drill,
});

/** What stands above a page, checked. */
export type FrontMatter = z.output<typeof frontMatter>;
