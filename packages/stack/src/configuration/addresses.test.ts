import { describe, expect, test } from '@jest/globals';
import { dropTargets, rewriteAddresses, rewritePaths } from './addresses.ts';

describe('rewriteAddresses', () => {
  const addresses = { 'api:9090': '127.0.0.1:41001', 'loki:3100': '127.0.0.1:3100' };

  test.each([
    ['- targets: [api:9090] # api:9090', '- targets: [127.0.0.1:41001] # 127.0.0.1:41001'],
    ['url: http://loki:3100/loki/api/v1/push', 'url: http://127.0.0.1:3100/loki/api/v1/push'],
    ['up{instance="api:9090"}', 'up{instance="127.0.0.1:41001"}'],
  ])('rewrites %s', (text, rewritten) => {
    expect(rewriteAddresses(text, addresses)).toBe(rewritten);
  });

  test.each(['my-api:9090', 'other.api:9090', 'api:90901', 'job: api', 'api: 9090', 'api:909'])(
    'leaves %s as it is',
    (text) => {
      expect(rewriteAddresses(text, addresses)).toBe(text);
    },
  );
});

test.each([
  ['path: /loki/chunks', 'path: /state/loki/chunks'],
  ['path: "/loki"', 'path: "/state/loki"'],
  ['url: http://loki:3100/loki/api', 'url: http://loki:3100/loki/api'],
  ['path: /loki-data', 'path: /loki-data'],
  ['file: /etc/loki.yml', 'file: /etc/loki.yml'],
])('rewritePaths makes of %s: %s', (text, rewritten) => {
  expect(rewritePaths(text, { '/loki': '/state/loki' })).toBe(rewritten);
});

describe('dropTargets', () => {
  const text = `# The services.
- targets: [api:9090]
  labels: { job: api,   tier: service }
# The mail.
- targets: [mail:1, web:2]
- targets:
    - mail:3
    - web:4
  labels: { job: both }
`;

  test('cuts out an entry without any target left, and nothing else', () => {
    expect(dropTargets(text, (host) => host === 'api')).toBe(
      text.replace('- targets: [api:9090]\n  labels: { job: api,   tier: service }\n', ''),
    );
  });

  test('cuts single targets out of a list in either style', () => {
    expect(dropTargets(text, (host) => host === 'mail')).toBe(
      text.replace('[mail:1, web:2]', '[web:2]').replace('    - mail:3\n', ''),
    );
  });

  test('leaves an empty list when nothing is left', () => {
    expect(dropTargets(text, () => true)).toBe('# The services.\n# The mail.\n[]\n');
  });

  test('changes not a byte when there is nothing to drop', () => {
    expect(dropTargets(text, () => false)).toBe(text);
  });
});
