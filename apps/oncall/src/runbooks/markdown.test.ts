import { expect, test } from '@jest/globals';
import { parseRunbook } from './document.ts';
import { runbookPanel } from './panel.ts';

const show = (text: string, labels: Record<string, string> | null = { job: 'api' }) =>
  String(
    runbookPanel(parseRunbook('Test', text), {
      labels: labels ?? undefined,
      addressOf: (name) => `/alerts/1/runbooks/${name}`,
      runner: {
        unavailability: (type) => (type === 'logql' ? 'Loki is not configured.' : undefined),
      },
      level: 2,
    }),
  );

test.each([
  ['# Title', '<h2 id="runbook-title">Title</h2>'],
  ['## Roll back', '<h3 id="runbook-roll-back">Roll back</h3>'],
  ['a **b** *c* `d < e`', '<p>a <strong>b</strong> <em>c</em> <code>d &lt; e</code></p>'],
  ['&lt;b&gt; & "x"', '<p>&lt;b&gt; &amp; &quot;x&quot;</p>'],
  ['3. three', '<ol start="3">\n<li>'],
  ['| a | b |\n|---|---|\n| 1 | <i>2</i> |', '<td>&lt;i&gt;2&lt;/i&gt;</td>'],
  ['[other](Other.md#roll-back)', '<a href="/alerts/1/runbooks/Other#runbook-roll-back">other</a>'],
  ['[here](#roll-back)', '<a href="#runbook-roll-back">here</a>'],
  ['[rule](../monitoring/x.yml)', '<p>rule</p>'],
  ['[d](http://localhost:3001/d/http)', '<a href="http://localhost:3001/d/http" target="_blank"'],
  ['[bad](javascript:alert(1))', '<p>bad</p>'],
  ['![picture](http://evil.example/x.png)', '<p>picture</p>'],
])('shows %j', (text, markup) => {
  expect(show(text)).toContain(markup);
});

test.each([
  '<script>alert(1)</script>',
  'a <img src=x onerror=alert(1)> b',
  '```bash\n<script>\n```',
  '```"><script> expect="</code><script>"\n<script>\n```',
  '# <script>',
  '[<script>](http://a.example/"onclick="x)',
])('escapes the markup of %j', (text) => {
  const page = show(text);
  expect(page).not.toMatch(/<script|<img|<i>|"onclick|onerror=[^&]*>(?!.*&gt;)/);
  expect(page).toContain('&lt;');
});

test('hides comments and front matter', () => {
  expect(show('---\nseverity: critical\n---\n\n# T\n\n<!-- Index: made. -->')).not.toMatch(
    /severity|Index/,
  );
});

test('makes queries runnable, with the labels of the alert filled in', () => {
  const page = show('1. Which?\n\n   ```promql expect="> 0"\n   up{job="$job"}\n   ```\n');
  expect(page).toContain('<code>up{job=&quot;api&quot;}</code>');
  expect(page).toContain('expect <code>&gt; 0</code>');
  expect(page).toContain('href="/alerts/1/runbooks/Test/queries/1"');
});

test.each([
  ['promql', {}, 'The alert lacks the label `job` of this query.'],
  ['promql', null, 'Open it from an alert: this query needs its labels.'],
  ['logql', { job: 'api' }, 'Loki is not configured.'],
])('shows why a %s query with %j cannot run', (type, labels, problem) => {
  const page = show(`\`\`\`${type}\n{job="$job"}\n\`\`\``, labels);
  expect(page).toContain(problem);
  expect(page).not.toContain('class="run"');
});

test('makes no other block runnable', () => {
  expect(show('```bash\nrm -rf /\n```\n\n```sql\nDROP TABLE x;\n```')).not.toContain('class="run"');
});

test('exports the used labels to a shell, quoted so that none becomes a command', () => {
  const labels = {
    BASH_ENV: '/tmp/evil',
    PATH: '/tmp/evil',
    _home: '/tmp/evil',
    unused: 'x',
    alertname: 'Test',
    severity: 'critical',
    job: 'api',
    evil: "'; rm -rf / #",
    'not-a-name': 'x',
    torn: 'a\nrm -rf /',
  };
  const used = '$job $evil $torn $BASH_ENV $PATH $_home $alertname-';
  const page = show(`# T\n\n\`\`\`bash expect=any\necho ${used}\n\`\`\``, labels);
  expect(page).toContain(
    '<code>. runbooks/on-call.sh; export alertname=Test job=api evil=&#39;&#39;\\&#39;&#39;; rm -rf / #&#39;</code>',
  );
});
