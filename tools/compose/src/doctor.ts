import { messageOf } from '@watchkeeper/stack/stack-error';
import { findCompose } from './compose-client.ts';
import { type ComposeModel, resolveCompose } from './compose-model.ts';
import { dockerOrThrow, type Engine, findEngine } from './engine.ts';
import { diskSpaceFaults, ownPorts, portFaults, portVariables } from './examine.ts';
import { configurationFaults } from './examine-configuration.ts';
import { pathFaults, unreadableFiles, yamlFaults } from './examine-files.ts';
import { secretFaults, secretTasks } from './examine-secrets.ts';

export interface DoctorOptions {
  readonly root: string;
  readonly project: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Faults with their fixes; undefined if it could not be examined, for example without an engine. */
type Examination = () => Promise<readonly string[] | undefined>;
type Examinations = Readonly<Record<string, Examination>>;

/** Examines everything that could make `docker compose up` fail. */
export async function examineAll(options: DoctorOptions) {
  const { engine, faults } = await findEngine(options.environment);
  const compose = await resolve(options);
  return runExaminations({
    'engine and compose': async () => faults,
    'compose files resolve': async () => compose.faults,
    ...quickExaminations(options, engine),
    ...thoroughExaminations(options, compose.model, engine),
  });
}

/** The examinations without a container: quick enough to run before each start. */
export async function examineQuickly(options: DoctorOptions, engine: Engine) {
  return runExaminations(quickExaminations(options, engine));
}

async function resolve({ root, environment }: DoctorOptions) {
  const compose = await findCompose(environment);
  // Its absence is reported with the engine's.
  if ('fault' in compose) return {};
  try {
    return { model: await resolveCompose(root, compose), faults: [] };
  } catch (error) {
    return { faults: [messageOf(error)] };
  }
}

function quickExaminations(options: DoctorOptions, engine?: Engine): Examinations {
  const { root, project, environment } = options;
  return {
    'path can be mounted': async () => pathFaults(root),
    'configuration is YAML': async () => yamlFaults(root),
    'containers may read the configuration': async () => unreadableFiles(root),
    'disk space': async () =>
      engine && diskSpaceFaults(await dockerOrThrow(['info', '-f', '{{.DockerRootDir}}'], engine)),
    'ports are free': async () => {
      const own = engine === undefined ? new Set<number>() : await ownPorts(project, engine);
      return portFaults(portVariables(root), environment, own);
    },
  };
}

function thoroughExaminations(
  { root, project }: DoctorOptions,
  model: ComposeModel | undefined,
  engine: Engine | undefined,
): Examinations {
  return {
    'components take their configuration': async () =>
      engine && model && configurationFaults(root, model, engine),
    'containers may read their secrets': async () => {
      if (!engine || !model) return undefined;
      const oneShots = [model.services.prepare, model.services['galley-prepare']];
      const tasks = secretTasks(oneShots.flatMap((service) => service?.command ?? []));
      return secretFaults(project, tasks, model.services.prepare?.image ?? '', engine);
    },
  };
}

/** One after the other; an examination that throws is a finding as well. */
async function runExaminations(examinations: Examinations) {
  const findings: { name: string; faults: readonly string[] | undefined }[] = [];
  for (const [name, examine] of Object.entries(examinations)) {
    findings.push({ name, faults: await examine().catch((error) => [messageOf(error)]) });
  }
  return findings;
}
