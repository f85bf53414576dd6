import { syntaxError } from '@watchkeeper/drills/runbooks/block-syntax';
import { grammar, readExpectation } from '@watchkeeper/drills/runbooks/expectation';
import { type Block, type BlockType, blockTypes, modes } from '@watchkeeper/drills/runbooks/page';

const attributes = ['expect', 'on'];
/** Commands that work in one mode only. */
const modeCommands = [
  { command: /\bdocker compose\b/, mode: 'compose' },
  { command: /\bkubectl\b/, mode: 'kubernetes' },
  { command: /\bnpm (start|stop|run)\b/, mode: 'native' },
];
/** The labels that a block may use as variables, such as `$job`. */
const labels = [
  ...['job', 'instance', 'name', 'cache', 'handler', 'direction', 'provider', 'model', 'type'],
  ...['mountpoint', 'datname', 'reason', 'signal', 'integration', 'rule_group', 'slo', 'service'],
];

function isBlockType(type: string): type is BlockType {
  return (blockTypes as readonly string[]).includes(type);
}

/** Problems that keep a program from running the block or judging its result; each with its fix. */
export function blockProblems({ type, attributes: given, unknownWords, code }: Block): string[] {
  if (!isBlockType(type)) {
    return [`expected a block of ${blockTypes.join(', ')}, got \`${type}\`. Name its type.`];
  }
  const unknown = [
    ...unknownWords,
    ...Object.keys(given).filter((key) => !attributes.includes(key)),
  ];
  const problems = unknown.map(
    (word) =>
      `expected \`expect=\` and \`on=\` after \`${type}\`, got \`${word}\`. Quote the value.`,
  );
  const { expect: expected } = given;
  if (expected === undefined || readExpectation(type, expected) === undefined) {
    const got = expected === undefined ? 'none' : `\`${expected}\``;
    problems.push(`expected \`expect=\` to be ${grammar[type]}, got ${got}.`);
  }
  const syntax = syntaxError(type, code);
  if (syntax !== undefined) problems.push(`the ${type} block ${syntax}. Correct it.`);
  return [...problems, ...placeProblems(given.on, code), ...variableProblems(type, code)];
}

function placeProblems(on: string | undefined, code: string): string[] {
  const given = on?.split(',') ?? [];
  const unknown = given.filter((mode) => !(modes as readonly string[]).includes(mode));
  const misplaced = modeCommands.filter(
    ({ command, mode }) => command.test(code) && (given.length !== 1 || given[0] !== mode),
  );
  return [
    ...unknown.map((mode) => `expected \`on=\` to be of ${modes.join(', ')}, got \`${mode}\`.`),
    ...misplaced.map(({ mode }) => `has a command of ${mode} alone. Mark it \`on=${mode}\`.`),
  ];
}

function variableProblems(type: BlockType, code: string): string[] {
  // A shell has variables of its own.
  if (type === 'bash') return [];
  const used = [...code.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
  return [...new Set(used)]
    .filter((name) => !labels.includes(name) && !/^\d+$/.test(name))
    .map((name) => `expected a variable of ${labels.join(', ')}, got \`$${name}\`.`);
}
