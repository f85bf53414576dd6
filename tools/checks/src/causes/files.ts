import { type GeneratedFile, replaceMarked } from '../generators/generated-file.ts';
import { relabelConfigs } from './alert-labels.ts';
import { readSystems } from './systems.ts';

/** Where systems are used: in the labels of alerts. */
export function causeFiles(root: string): GeneratedFile[] {
  return [
    replaceMarked(root, 'monitoring/prometheus/prometheus.yml', {
      begin: '  # From monitoring/config/systems.yml, by `npm run generate`.\n',
      end: '  # End of the generated labels.\n',
      content: relabelConfigs(readSystems(root)),
    }),
  ];
}
