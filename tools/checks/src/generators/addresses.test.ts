import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { ruleFiles } from '../mixin/rule-files.ts';
import { addressedFiles, readAddresses } from './addresses.ts';

const repository = repositoryRoot;
const file = 'monitoring/addresses.yml';
let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('addresses');
  for (const path of ['runbooks', 'monitoring']) {
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
});

afterEach(removeTemporaryFolders);

function contents(): Map<string, string> {
  const files = [...addressedFiles(root), ...ruleFiles(root)];
  return new Map(files.map(({ path, content }) => [path, content]));
}

test('changes nothing while the addresses are those of the committed files', () => {
  for (const [path, content] of contents()) {
    expect(content).toBe(readFileSync(join(root, path), 'utf8'));
  }
});

test('writes a new base into rules, their tests and runbooks alike', () => {
  writeFileSync(
    join(root, file),
    'runbooks: https://wiki.example.org/alerts\ndashboards: https://grafana.example.org/d\n',
  );
  const files = contents();
  const folder = 'monitoring/prometheus/rules';
  for (const path of [`${folder}/http.rules.yml`, `${folder}/http.test.yml`]) {
    expect(files.get(path)).toContain(
      'runbook_url: https://wiki.example.org/alerts/HighErrorRate\n',
    );
    expect(files.get(path)).toContain('dashboard_url: https://grafana.example.org/d/http\n');
  }
  expect(files.get('runbooks/HighErrorRate.md')).toContain(
    '[dashboard](https://grafana.example.org/d/http)',
  );
  expect([...files.values()].join('')).not.toMatch(/_url: http:\/\/localhost/);
});

test.each(['', 'localhost:8025', 'http://localhost:8025/'])(
  'refuses %j as an address and names it',
  (value) => {
    writeFileSync(join(root, file), `runbooks: '${value}'\ndashboards: http://localhost:3001/d\n`);
    expect(() => readAddresses(root)).toThrow(
      `${file}: expected \`runbooks\` to be an address without a slash at its end, got \`${value}\`.`,
    );
  },
);
