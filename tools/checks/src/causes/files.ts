import { markdownTable } from '@watchkeeper/drills/command/markdown-table';
import { configurationFile } from '../alertmanager/configuration.ts';
import { type GeneratedFile, replaceMarked } from '../generators/generated-file.ts';
import { relabelConfigs } from './alert-labels.ts';
import { inhibitRules } from './inhibitions.ts';
import { readSystems } from './systems.ts';
import { type Cause, readCauses } from './table.ts';

/** Where causes and systems are used: inhibition, labels of alerts, and the table for people. */
export function causeFiles(root: string): GeneratedFile[] {
  const [causes, systems] = [readCauses(root), readSystems(root)];
  return [
    replaceMarked(root, configurationFile, {
      begin: '  # From monitoring/config/causes.yml and systems.yml, by `npm run generate`.\n',
      end: '  # End of the generated rules.\n',
      content: inhibitRules(causes, systems),
    }),
    replaceMarked(root, 'monitoring/prometheus/prometheus.yml', {
      begin: '  # From monitoring/config/systems.yml, by `npm run generate`.\n',
      end: '  # End of the generated labels.\n',
      content: relabelConfigs(systems),
    }),
    replaceMarked(root, 'docs/notifications.md', {
      begin: '<!-- Causes: made by `npm run generate` from monitoring/config/causes.yml. -->\n',
      end: '<!-- End of the causes. -->\n',
      content: `\n${causesTable(causes.causes)}\n\n`,
    }),
  ];
}

function causesTable(causes: readonly Cause[]): string {
  // A bar would end the cell.
  const name = ({ text }: Cause['cause']) => `\`${text.replaceAll('|', '\\|')}\``;
  const rows = causes.map(({ cause, explains, equal, why }) => [
    name(cause),
    explains.map(name).join(', '),
    placeOf(equal),
    why,
  ]);
  return markdownTable(['cause', 'mutes', 'of the same', 'because'], rows);
}

function placeOf(equal: readonly string[] | undefined): string {
  if (equal === undefined) return 'the services that need it';
  return equal.length === 0 ? 'all' : equal.join(', ');
}
