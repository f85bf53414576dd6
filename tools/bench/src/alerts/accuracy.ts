import {
  judgeCorpus,
  readCorpus,
  shippedRules,
  usualRules,
} from '@watchkeeper/checks/scenarios/corpus';
import { score, type Verdict } from '@watchkeeper/checks/scenarios/precision-recall';
import { findPromtool, repositoryRoot } from '@watchkeeper/stack';

const root = repositoryRoot;

/** Prints how right our rules and the usual ones are, and each mistake of ours. */
export async function measureAccuracy(): Promise<void> {
  const promtool = await findPromtool();
  const corpus = readCorpus(root);
  const ours = await judgeCorpus(corpus, { promtool, ruleFiles: shippedRules(root) });
  const usual = await judgeCorpus(corpus, { promtool, ruleFiles: usualRules(root) });
  const faulty = corpus.filter(({ faultAt }) => faultAt !== undefined).length;
  console.log(`${faulty} faulty and ${corpus.length - faulty} healthy scenarios\n`);
  console.log('| rules | precision | recall | in time | missed or late | wrong |');
  console.log('|---|---|---|---|---|---|');
  printScore('ours', ours);
  printScore('the usual ones, on what they know', usual);
  printTimes(ours, usual);
  printMistakes(ours);
}

function printScore(name: string, verdicts: readonly Verdict[]): void {
  const { precision, recall, detected, missed, wrong } = score(verdicts);
  const cells = [name, precision.toFixed(3), recall.toFixed(3), detected, missed, wrong];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Seconds from the fault to `firing`; notification adds the group wait of Alertmanager. */
function printTimes(ours: readonly Verdict[], usual: readonly Verdict[]): void {
  console.log('\n| scenario | alert | ours, s | the usual, s |\n|---|---|---|---|');
  for (const [index, { scenario, detected }] of ours.entries()) {
    for (const [alert, seconds] of detected) {
      console.log(
        `| ${scenario.name} | ${alert} | ${seconds} | ${usualTime(usual[index], alert)} |`,
      );
    }
  }
}

function usualTime(verdict: Verdict | undefined, alert: string): string {
  const seconds = verdict?.detected.get(alert);
  if (seconds !== undefined) return String(seconds);
  return verdict?.missed.includes(alert) ? 'missed or late' : 'no such rule';
}

function printMistakes(verdicts: readonly Verdict[]): void {
  for (const { scenario, missed, wrong } of verdicts) {
    for (const alert of missed) console.log(`\nmissed: ${alert} in \`${scenario.name}\``);
    for (const alert of wrong) console.log(`\nwrong: ${alert} in \`${scenario.name}\``);
  }
}
