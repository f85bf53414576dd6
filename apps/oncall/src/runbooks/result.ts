import { type Html, html } from '@watchkeeper/viewer';
import { moment } from '../page/time.ts';
import type { QueryResult } from './query.ts';

export function resultTable(result: QueryResult, now: number): Html {
  return html`<div id="result">${contentOf(result)}
  <p class="times">As of ${moment(new Date(now).toISOString())}</p></div>`;
}

function contentOf(result: QueryResult): Html {
  if ('problem' in result) return html`<p class="problem">${result.problem}</p>`;
  const { columns, rows, hidden } = result;
  if (rows.length === 0) return html`<p class="nothing">No results.</p>`;
  return html`<div class="scroll" tabindex="0"><table>
  <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>
  ${hidden > 0 && html`<p class="more">${hidden} more rows not shown.</p>`}`;
}
