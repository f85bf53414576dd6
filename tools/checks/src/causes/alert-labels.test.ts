import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { parse } from 'yaml';
import { labelTemplates, relabelConfigs } from './alert-labels.ts';
import { readSystems } from './systems.ts';

const systems = readSystems(repositoryRoot);

interface RelabelConfig {
  readonly source_labels: readonly string[];
  readonly regex: string;
  readonly target_label: string;
  readonly replacement?: string;
}

/** As Prometheus does it. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */
function relabel(labels: Record<string, string>): Record<string, string> {
  const { alert_relabel_configs: configs } = parse(relabelConfigs(systems)) as {
    alert_relabel_configs: RelabelConfig[];
  };
  const result = { ...labels };
  for (const { source_labels, regex, target_label, replacement = '$1' } of configs) {
    const source = source_labels.map((name) => result[name] ?? '').join(';');
    const found = new RegExp(`^(?:${regex})$`).exec(source);
    if (found !== null) result[target_label] = replacement.replace('$1', found[1] ?? '');
  }
  return result;
}

test.each(['api', 'gateway', 'postgres-exporter', 'node-exporter', 'loki', 'of-a-copier'])(
  'Prometheus gives an alert of %s the labels of its system',
  (job) => {
    expect(relabel({ job })).toEqual({ job, ...systems.labelsOf(job) });
  },
);

test('a service behind another has its database, and a label of the rule itself stays', () => {
  expect(relabel({ job: 'gateway' })).toMatchObject({ system: 'galley', database: 'galley' });
  expect(relabel({ job: 'api', system: 'own', database: 'orders' })).toEqual({
    ...{ job: 'api', system: 'own', database: 'orders' },
  });
  expect(relabel({ severity: 'none' })).toEqual({ severity: 'none' });
});

test('a rule of Loki finds the same by a template', () => {
  const { system = '', database = '' } = labelTemplates(systems, 'service');
  expect(system).toMatch(/^\{\{ if match "\^\(gateway\|api\|.*\)\$" \$labels\.service \}\}galley/);
  expect(system).toMatch(/\{\{ else \}\}\{\{ \$labels\.service \}\}\{\{ end \}\}$/);
  expect(database).toMatch(/^\{\{ if match "\^\(gateway\|api\|.*\)\$" .*\}\}galley\{\{ end \}\}$/);
});
