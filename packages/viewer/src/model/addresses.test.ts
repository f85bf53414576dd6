import { expect, test } from '@jest/globals';
import { resolveLinks, traceAddress, translateAddress } from './addresses.ts';

const jaeger = 'http://localhost:16686';
const panes = encodeURIComponent(
  JSON.stringify({
    traces: {
      queries: [{ service: 'api', tags: 'error=true', minDuration: '1s' }],
      range: { from: '1000', to: '2000' },
    },
  }),
);

test.each([
  ['/d/http?var-job=api&from=1', '/dashboards/http?var-job=api&from=1'],
  ['/alerting/list?search=HighErrorRate', '/runbooks/HighErrorRate'],
  [
    `/explore?schemaVersion=1&panes=${panes}`,
    `${jaeger}/search?service=api&limit=20&tags=%7B%22error%22%3A%22true%22%7D&minDuration=1s&start=1000000&end=2000000&lookback=custom`,
  ],
  ['https://example.org/x', 'https://example.org/x'],
  ['/explore?panes=broken', undefined],
  ['/admin/users', undefined],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://somebody@example.org/', undefined],
])('%s leads to %s', (address, expected) => {
  expect(translateAddress(address, { jaeger })).toBe(expected);
});

test('without Jaeger there are no links to traces', () => {
  expect(translateAddress(`/explore?panes=${panes}`, { jaeger: undefined })).toBeUndefined();
  expect(traceAddress('0af7651916cd43dd8448eb211c80319c', { jaeger: undefined })).toBeUndefined();
});

test('only a valid trace id becomes a link', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  expect(traceAddress(id, { jaeger: `${jaeger}/` })).toBe(`${jaeger}/trace/${id}`);
  expect(traceAddress('../search', { jaeger })).toBeUndefined();
});

test('a label cannot leave its part of an address', () => {
  const resolve = (name: string) => (name === '__field.labels.job' ? 'a&var-job=b"/' : undefined);
  const link = {
    title: `Lines of \${__field.labels.job}`,
    url: `/d/logs?var-job=\${__field.labels.job}`,
  };
  expect(resolveLinks([link], resolve, { jaeger })).toEqual([
    { title: 'Lines of a&var-job=b"/', href: '/dashboards/logs?var-job=a%26var-job%3Db%22%2F' },
  ]);
});
