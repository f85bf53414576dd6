import { type Html, html } from '@watchkeeper/viewer';
import { type AlertEntry, idOf, keyOf } from '../inbox/entry.ts';
import { shell } from '../page/shell.ts';
import { moment } from '../page/time.ts';
import type { InboxView } from '../page/view.ts';
import { type Act, actTitles } from './act.ts';

const maxShown = 200;

/** The audit trail: who silenced and acknowledged what, and when. */
export function auditPage({ addresses, acts }: InboxView): Html {
  const shown = acts.slice(0, maxShown);
  return shell({
    title: 'Audit trail',
    isLive: true,
    addresses,
    main: html`data-region`,
    content: html`<h1>Audit trail</h1>
  <p class="lead">Silences and acknowledgements, newest first. Names are as their authors gave them.</p>
  ${shown.length === 0 ? html`<p class="nothing">Nothing yet.</p>` : actTable(shown)}
  ${acts.length > maxShown && html`<p class="more">${acts.length - maxShown} more in <a href="/api/v1/acts">the API</a>.</p>`}`,
  });
}

function actTable(acts: readonly Act[]): Html {
  const rows = acts.map(
    ({ at, by, kind, subject, comment }) => html`<tr><td>${moment(at)}</td><td>${by}</td>
      <td>${actTitles[kind]}</td><td><code>${subject}</code></td><td>${comment}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0"><table>
  <thead><tr>${['When', 'Who', 'What', 'Subject', 'Comment'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
  <tbody>${rows}</tbody></table></div>`;
}

/** Who acknowledged an alert last; undefined if nobody did. */
export function acknowledgement(entry: AlertEntry, acts: readonly Act[]): Act | undefined {
  const key = keyOf(entry);
  return acts.find(({ kind, reference }) => kind === 'alert_acknowledged' && reference === key);
}

/** The acknowledgement of an alert, or of one that fires the form for it. */
export function acknowledgementLine(
  entry: AlertEntry,
  { acts, formToken }: InboxView,
): Html | false {
  const done = acknowledgement(entry, acts);
  if (done !== undefined) {
    return html`<p class="acknowledged">Acknowledged by <strong>${done.by}</strong>, ${moment(done.at)}${
      done.comment !== '' && html`: ${done.comment}`
    }</p>`;
  }
  if (entry.status !== 'firing') return false;
  return html`<form class="silence acknowledge" method="post" action="/alerts/${idOf(entry)}/acknowledge">
      <input type="hidden" name="token" value="${formToken}">
      <label>Author <input name="author" required maxlength="100" autocomplete="name"></label>
      <label>Comment <input name="comment" maxlength="500" autocomplete="off"></label>
      <button type="submit">Acknowledge</button>
    </form>`;
}
