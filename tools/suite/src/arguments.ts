import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';

/** In the order in which they run: those that fail within seconds come first. */
export const stages = [
  ...(['check', 'contract', 'rules', 'unit'] as const),
  ...(['browser', 'e2e', 'attacks', 'drills', 'containers'] as const),
] as const;

/** A part of the suite: `check`, or a project of `jest.config.js`. */
export type Stage = (typeof stages)[number];

const lightStages: readonly Stage[] = ['check', 'contract', 'rules', 'unit'];

export const usage = `Usage: npm test -- [--quick] [stage ...]

  --quick  the light stages (${lightStages.join(', ')}), with the tests of what changed since the
           branch left main; without a change, those of the last commit
  stage    ${stages.join(', ')}; all by default`;

/** @throws StackError with exit code 2 and the usage */
export function parseSuiteArguments(parameters: readonly string[]) {
  const options = { quick: { type: 'boolean' } } as const;
  const { values, positionals } = parseCommandLine(parameters, options, usage);
  const unknown = positionals.filter((name) => !stages.some((stage) => stage === name));
  if (unknown.length > 0) {
    const list = (names: readonly string[]) => `\`${names.join('`, `')}\``;
    throw usageError(`Expected stages of ${list(stages)}, got ${list(unknown)}.`, usage);
  }
  const isQuick = values.quick === true;
  const known = isQuick ? lightStages : stages;
  const chosen = known.filter((stage) => positionals.length === 0 || positionals.includes(stage));
  if (chosen.length > 0) return { isQuick, stages: chosen };
  throw usageError(`Expected light stages with \`--quick\`, got \`${positionals}\`.`, usage);
}
