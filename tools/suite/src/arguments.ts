/** In the order in which they run: those that fail within seconds come first. */
export const stages = [
  ...(['check', 'contract', 'rules', 'unit'] as const),
  ...(['browser', 'e2e', 'drills', 'containers'] as const),
] as const;

/** A part of the suite: `check`, or a project of `jest.config.js`. */
export type Stage = (typeof stages)[number];

const lightStages: readonly Stage[] = ['check', 'contract', 'rules', 'unit'];

export const usage = `Usage: npm test -- [--quick] [stage ...]

  --quick  the light stages (${lightStages.join(', ')}), with the tests of what changed since the
           branch left main; without a change, those of the last commit
  stage    ${stages.join(', ')}; all by default`;

/** The command line is wrong; the message ends with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError that names the unknown argument */
export function parseSuiteArguments(parameters: readonly string[]) {
  const flags = parameters.filter((parameter) => parameter.startsWith('-'));
  const strange = flags.find((flag) => flag !== '--quick');
  if (strange !== undefined) {
    throw new UsageError(`Expected no flag but \`--quick\`, got \`${strange}\`.\n${usage}`);
  }
  const positionals = parameters.filter((parameter) => !parameter.startsWith('-'));
  const unknown = positionals.filter((name) => !stages.some((stage) => stage === name));
  if (unknown.length > 0) {
    const list = (names: readonly string[]) => `\`${names.join('`, `')}\``;
    throw new UsageError(`Expected stages of ${list(stages)}, got ${list(unknown)}.\n${usage}`);
  }
  const isQuick = flags.length > 0;
  const known = isQuick ? lightStages : stages;
  const chosen = known.filter((stage) => positionals.length === 0 || positionals.includes(stage));
  if (chosen.length > 0) return { isQuick, stages: chosen };
  throw new UsageError(`Expected light stages with \`--quick\`, got \`${positionals}\`.\n${usage}`);
}
