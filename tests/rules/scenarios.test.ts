import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { judgeCorpus, readCorpus, shippedRules } from '@watchkeeper/checks/scenarios/corpus';
import { score, type Verdict } from '@watchkeeper/checks/scenarios/precision-recall';
import { findPromtool } from '@watchkeeper/stack';

const root = join(import.meta.dirname, '../..');
const corpus = readCorpus(root);
let verdicts: readonly Verdict[];

beforeAll(async () => {
  const promtool = await findPromtool();
  verdicts = await judgeCorpus(corpus, { promtool, ruleFiles: shippedRules(root) });
}, 900_000);

test('covers at least forty faulty and forty healthy situations', () => {
  const faulty = corpus.filter(({ faultAt }) => faultAt !== undefined).length;
  expect(faulty).toBeGreaterThanOrEqual(40);
  expect(corpus.length - faulty).toBeGreaterThanOrEqual(40);
});

test('has a precision and a recall of at least 98 %', () => {
  const mistakes = verdicts
    .filter(({ missed, wrong }) => missed.length + wrong.length > 0)
    .map(({ scenario, missed, wrong }) => ({ scenario: scenario.name, missed, wrong }));
  const { precision, recall } = score(verdicts);
  expect({ isPrecise: precision >= 0.98, isComplete: recall >= 0.98, mistakes }).toMatchObject({
    isPrecise: true,
    isComplete: true,
  });
});
