import { type Html, html } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { nameOf } from '../page/alert-card.ts';
import type { PublicAddresses } from '../page/links.ts';
import { shell } from '../page/shell.ts';
import { moment } from '../page/time.ts';
import type { Silence } from './alertmanager.ts';
import { durations } from './form.ts';

interface SilencePage {
  readonly entry: AlertEntry;
  readonly addresses: PublicAddresses;
  readonly token: string;
  readonly silences: readonly Silence[];
  readonly problems: readonly string[];
}

// A silence should not depend on these, because rules may change them.
const rarelyMatched = ['severity', 'component', 'tier'];

/** The form for a silence of one alert, and its active silences. */
export function silencePage({ entry, addresses, token, silences, problems }: SilencePage): Html {
  return shell({
    title: `Silence ${nameOf(entry)}`,
    addresses,
    heading: html`<p class="brand"><a href="/alerts/${idOf(entry)}">← ${nameOf(entry)}</a></p>`,
    main: html`class="alone"`,
    content: html`<h1>Silence ${nameOf(entry)}</h1>
  ${problems.length > 0 && html`<div class="problem" role="alert">${problems.map((text) => html`<p>${text}</p>`)}</div>`}
  ${silences.map((silence) => currentSilence(entry, token, silence))}
  <form class="silence" method="post" action="/alerts/${idOf(entry)}/silence">
    <input type="hidden" name="token" value="${token}">
    <fieldset><legend>Matchers, beside alertname=${nameOf(entry)}</legend>
      ${Object.entries(entry.labels)
        .filter(([name]) => name !== 'alertname')
        .map(([name, value]) => labelBox(name, value))}
    </fieldset>
    <label>Duration <select name="duration">${Object.keys(durations).map((each) => html`<option>${each}</option>`)}</select></label>
    <label>Author <input name="author" required maxlength="100" autocomplete="name"></label>
    <label>Comment <input name="comment" required maxlength="500" autocomplete="off"></label>
    <button type="submit">Create silence</button>
  </form>`,
  });
}

function labelBox(name: string, value: string): Html {
  const isTicked = !rarelyMatched.includes(name);
  return html`<label class="tick"><input type="checkbox" name="label" value="${name}"${isTicked && html` checked`}>
      <span><code>${name}</code> ${value}</span></label>`;
}

function currentSilence(entry: AlertEntry, token: string, silence: Silence): Html {
  const action = `/alerts/${idOf(entry)}/silence/${silence.id}/expire`;
  return html`<section class="silenced" aria-label="Silence">
    <p><strong>Silenced until ${moment(silence.endsAt)}</strong> by ${silence.createdBy}: ${silence.comment}</p>
    <form method="post" action="${action}"><input type="hidden" name="token" value="${token}">
      <label>Author <input name="author" required maxlength="100" autocomplete="name"></label>
      <button type="submit">Expire silence</button></form>
  </section>`;
}
