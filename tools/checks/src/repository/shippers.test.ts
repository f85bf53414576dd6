import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { metadataFields } from '@watchkeeper/telemetry';
import { parse } from 'yaml';

const monitoring = join(repositoryRoot, 'monitoring');
const alloy = readFileSync(join(monitoring, 'alloy/config.alloy'), 'utf8');
const promtail = parse(readFileSync(join(monitoring, 'promtail/promtail.yml'), 'utf8'));
const [{ static_configs: statics, pipeline_stages: stages }] = promtail.scrape_configs;
const [client] = promtail.clients;

/** A stage of Promtail's pipeline. */
function stage(name: string) {
  return stages.find((entry: object) => name in entry)[name];
}

/** The text between the braces of a block of Alloy's language. */
function block(opening: string): string {
  const from = alloy.indexOf(`${opening} {`);
  expect([opening, from]).not.toEqual([opening, -1]);
  return alloy.slice(from, alloy.indexOf('\n  }', from));
}

function value(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*= "?([^"\\n]+)"?`).exec(text)?.[1];
}

function names(text: string): string[] {
  return [...text.matchAll(/^ {6}(\w+)\s*=/gm)].map(([, name = '']) => name);
}

// Alloy is not available here, so the test compares the two configuration files.
test('Alloy reads the files that Promtail reads', () => {
  expect(value(alloy, '__path__')).toBe(statics[0].labels.__path__);
  expect(value(alloy, 'sync_period')).toBe(promtail.target_config.sync_period);
});

test('Alloy extracts the fields of a line that Promtail extracts', () => {
  expect(value(block('stage.regex'), 'expression')).toBe(stage('regex').expression);
  expect(names(block('stage.json'))).toEqual(Object.keys(stage('json').expressions));
  expect(value(block('stage.timestamp'), 'format')).toBe(stage('timestamp').format);
});

test('Alloy adds the labels and the metadata that Promtail adds', () => {
  expect(names(block('stage.labels'))).toEqual(Object.keys(stage('labels')));
  expect(names(block('stage.structured_metadata'))).toEqual(
    Object.keys(stage('structured_metadata')),
  );
  expect(block('stage.label_drop')).toContain(`values = ["${stage('labeldrop').join('", "')}"]`);
});

test('a service that pushes its own lines adds the metadata that Promtail adds', () => {
  expect(metadataFields).toEqual(Object.keys(stage('structured_metadata')));
});

test('Alloy sends to the same Loki, with the same retries', () => {
  const endpoint = block('  endpoint');
  expect(value(endpoint, 'url')).toBe(client.url);
  expect(value(endpoint, 'batch_wait')).toBe(client.batchwait);
  expect(value(endpoint, 'min_backoff_period')).toBe(client.backoff_config.min_period);
  expect(value(endpoint, 'max_backoff_period')).toBe(client.backoff_config.max_period);
  expect(Number(value(endpoint, 'max_backoff_retries'))).toBe(client.backoff_config.max_retries);
});
