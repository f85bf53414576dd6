// Runs inside Jest, which loads it by its path: no worker should be left alone with a long file at the end.
import type { Test } from '@jest/reporters';
import sequencer from '@jest/test-sequencer';

// Its types are those of its CommonJS build.
const Sequencer = sequencer as unknown as typeof sequencer.default;

/**
 * The files that take longest, by the ends of their paths. Jest knows the order from its second run on;
 * before, it goes by the sizes of files, and these are small.
 */
export const heavyFiles: readonly string[] = [
  'tests/rules/scenarios.test.ts',
  'tests/rules/rules.test.ts',
  'packages/telemetry/src/safety.test.ts',
  'packages/telemetry/src/cardinality.test.ts',
  'apps/api/src/payments/random-money.test.ts',
  'packages/stack/src/stack.test.ts',
  'packages/telemetry/src/logging/line-losses.test.ts',
  'packages/telemetry/src/preload.test.ts',
];

// biome-ignore lint/style/noDefaultExport: Jest takes a sequencer from the default export.
export default class HeavyFirst extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const rankOf = ({ path }: Test) => {
      const index = heavyFiles.findIndex((file) => path.endsWith(`/${file}`));
      return index < 0 ? heavyFiles.length : index;
    };
    return [...(await super.sort(tests))].sort((one, other) => rankOf(one) - rankOf(other));
  }
}
