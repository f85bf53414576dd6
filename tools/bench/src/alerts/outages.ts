import { measureOutage, readOutages } from '@watchkeeper/checks/outages/measure';
import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { findPromtool, repositoryRoot as root } from '@watchkeeper/stack';
import { describeMachine, type Report } from '../report/report.ts';

// The scrape intervals, which limit it, allow no more.
const timeFactor = 25;

/** Plays the corpus' outages through a real Alertmanager, and counts what reaches people. */
export async function measureOutages(report: Report): Promise<void> {
  const conditions = `the shipped rules, Alertmanager and inbox, with time compressed ${timeFactor} times`;
  report.paragraph(describeMachine('alerts outages', conditions));
  const promtool = await findPromtool();
  const components = ['alertmanager', 'oncall'];
  await withTemporaryStack({ components, timeFactor }, async (stack) => {
    const [alertmanager, inbox] = [stack.address('alertmanager'), stack.address('oncall')];
    const notifier = { alertmanager, inbox, timeFactor };
    const rows: string[][] = [];
    for (const outage of readOutages(root)) {
      const { fired, ...told } = await measureOutage(root, outage, { promtool, notifier });
      const { notifications: most, name } = outage;
      console.error(`${name}: ${JSON.stringify(told)}`);
      rows.push([
        ...[name, namesOf(fired), `${told.pager.length} (${most.pager})`],
        ...[`${told.chat.length} (${most.chat})`, String(told.mail.length), namesOf(told.mail)],
      ]);
    }
    const head = [
      'situation',
      'alerts that fire',
      'pager (at most)',
      'chat (at most)',
      'mail',
      'by',
    ];
    report.table(head, rows);
  });
}

/** Each name once, with how often it fires where that is more. */
function namesOf(alerts: readonly string[]): string {
  const counts = [...Map.groupBy(alerts, (name) => name)];
  return counts.map(([name, { length }]) => (length > 1 ? `${name} ×${length}` : name)).join(', ');
}
