import { messageOf } from '@watchkeeper/stack/stack-error';
import { findCompose } from './compose-client.ts';
import { type ComposeModel, resolveCompose } from './compose-model.ts';
import { dockerOrThrow, type Engine, findEngine } from './engine.ts';
import { ownPorts, portFaults, portVariables, roomFaults } from './examine.ts';
import { configurationFaults } from './examine-configuration.ts';
import { unreadableFiles, yamlFaults } from './examine-files.ts';
import { secretFaults, secretTasks } from './examine-secrets.ts';

/** Where compose is to run, and as what. */
export interface Patient {
  readonly root: string;
  readonly project: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** One thing that was looked at, and what is wrong with it: each with its cure. */
export interface Finding {
  readonly name: string;
  /** Undefined where there was nobody to ask: no engine, say, which is a fault of its own. */
  readonly faults: readonly string[] | undefined;
}

type Examination = readonly [name: string, examine: () => Promise<Finding['faults']>];

/** Looks at everything that could keep `docker compose up` from working, before it is tried. */
export async function examineAll(patient: Patient): Promise<readonly Finding[]> {
  const { engine, faults } = await findEngine(patient.environment);
  const compose = await resolve(patient);
  return carryOut([
    ['engine and compose', async () => faults],
    ['compose files resolve', async () => compose.faults],
    ...quickExaminations(patient, engine),
    ...thoroughExaminations(patient, compose.model, engine),
  ]);
}

/** What costs no container: quick enough to be asked before each start. */
export async function examineQuickly(patient: Patient, engine: Engine) {
  return carryOut(quickExaminations(patient, engine));
}

async function resolve({ root, environment }: Patient) {
  const compose = await findCompose(environment);
  // Its absence is named with the engine's.
  if ('fault' in compose) return {};
  try {
    return { model: await resolveCompose(root, compose), faults: [] };
  } catch (error) {
    return { faults: [messageOf(error)] };
  }
}

function quickExaminations(patient: Patient, engine?: Engine): readonly Examination[] {
  const { root, project, environment } = patient;
  return [
    ['configuration is YAML', async () => yamlFaults(root)],
    ['containers may read the configuration', async () => unreadableFiles(root)],
    [
      'room on disk',
      async () =>
        engine && roomFaults(await dockerOrThrow(['info', '-f', '{{.DockerRootDir}}'], engine)),
    ],
    [
      'ports are free',
      async () => {
        const own = engine === undefined ? new Set<number>() : await ownPorts(project, engine);
        return portFaults(portVariables(root), environment, own);
      },
    ],
  ];
}

function thoroughExaminations(
  { root, project }: Patient,
  model: ComposeModel | undefined,
  engine: Engine | undefined,
): readonly Examination[] {
  return [
    [
      'components take their configuration',
      async () => engine && model && configurationFaults(root, model, engine),
    ],
    [
      'containers may read their secrets',
      async () => {
        if (!engine || !model) return undefined;
        const shots = [model.services.prepare, model.services['galley-prepare']];
        const tasks = secretTasks(shots.flatMap((service) => service?.command ?? []));
        return secretFaults(project, tasks, model.services.prepare?.image ?? '', engine);
      },
    ],
  ];
}

/** One after the other; an examination that breaks down is a finding as well. */
async function carryOut(examinations: readonly Examination[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, examine] of examinations) {
    findings.push({ name, faults: await examine().catch((error) => [messageOf(error)]) });
  }
  return findings;
}
