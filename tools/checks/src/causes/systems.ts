import { z } from 'zod';
import { configFolder, readConfig } from '../mixin/config.ts';

export const systemsFile = `${configFolder}/systems.yml`;

// As in targets; a slash is Kubernetes'.
const name = z.string().regex(/^[\w./-]+$/, 'Expected a name of letters, digits and `_./-`.');
const schema = z.strictObject({
  jobs: z.record(
    name,
    z.strictObject({
      system: name,
      /** The database that it asks itself. */
      database: name.optional(),
      /** The jobs without which it fails. */
      needs: z.array(name).default([]),
    }),
  ),
});

export type Systems = ReturnType<typeof readSystems>;

/**
 * What falls together, and what each job depends on, itself or through others.
 * @throws Error that names the job and the fix
 */
export function readSystems(root: string) {
  const { jobs } = readConfig(root, systemsFile, schema);
  const names = Object.keys(jobs);
  for (const [job, { needs }] of Object.entries(jobs)) {
    const unknown = needs.find((needed) => jobs[needed] === undefined);
    if (unknown !== undefined) {
      throw new Error(
        `${systemsFile}: \`jobs.${job}.needs\`: expected jobs of this file, got \`${unknown}\`. Add it, or correct the name.`,
      );
    }
  }
  const databases = new Map(names.map((job) => [job, databaseOf(job)]));

  /** The job and what it needs, without repetition. */
  function closure(job: string, seen = new Set<string>()): ReadonlySet<string> {
    if (seen.has(job)) return seen;
    seen.add(job);
    for (const needed of jobs[job]?.needs ?? []) closure(needed, seen);
    return seen;
  }

  function databaseOf(job: string): string | undefined {
    const found = new Set([...closure(job)].flatMap((each) => jobs[each]?.database ?? []));
    const [database, another] = found;
    if (another === undefined) return database;
    throw new Error(
      `${systemsFile}: \`jobs.${job}\`: expected one database, itself or through what it needs, got \`${[...found].join(', ')}\`. An alert has one \`database\`: give the job's own, and leave out of \`needs\` what leads to others.`,
    );
  }

  const grouped = (groupOf: (job: string) => string | undefined) =>
    Map.groupBy(
      names.filter((job) => groupOf(job) !== undefined),
      (job) => groupOf(job) ?? '',
    );
  return {
    /** The jobs of each system, and of each database that they depend on. */
    labels: [
      { label: 'system', jobs: grouped((job) => jobs[job]?.system) },
      { label: 'database', jobs: grouped((job) => databases.get(job)) },
    ] as const,
    /** The labels that Prometheus adds to an alert of the job. */
    labelsOf: (job: string): Readonly<Record<string, string>> => {
      const database = databases.get(job);
      return { system: jobs[job]?.system ?? job, ...(database ? { database } : {}) };
    },
    /** Of each job that others need, those. */
    dependents: names.flatMap((job) => {
      const needing = names.filter((each) => each !== job && closure(each).has(job));
      return needing.length === 0 ? [] : [{ job, needing }];
    }),
  };
}

/** A pattern of RE2 for these names; a dot is the only character in them that means something else. */
export function alternatives(names: readonly string[]): string {
  return names.map((each) => each.replaceAll('.', '[.]')).join('|');
}
