import { expect, test } from '@jest/globals';
import { type HtmlValue, html } from './html.ts';

test.each<[HtmlValue, string]>([
  [`<a href='x' title="y">&</a>`, '&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;&lt;/a&gt;'],
  [7, '7'],
  [0, '0'],
  ['', ''],
  [undefined, ''],
  [false, ''],
  [html`<b>${'<'}</b>`, '<b>&lt;</b>'],
  [[html`<i></i>`, '<', [1]], '<i></i>&lt;1'],
])('renders %j as %j', (value, markup) => {
  expect(String(html`<p>${value}</p>`)).toBe(`<p>${markup}</p>`);
});

test('escapes an object that only looks like markup', () => {
  const forged = { toString: () => '<script>' };
  expect(String(html`${forged}`)).toBe('&lt;script&gt;');
});
