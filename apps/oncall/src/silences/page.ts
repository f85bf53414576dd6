import { type Html, html } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { nameOf } from '../page/alert-card.ts';
import { topBar } from '../page/head.ts';
import type { PublicAddresses } from '../page/links.ts';
import { shell } from '../page/shell.ts';
import { moment } from '../page/time.ts';
import type { Silence } from './alertmanager.ts';
import { durations } from './form.ts';

/** What the page shows beside its form. */
export interface SilencePage {
  readonly entry: AlertEntry;
  readonly addresses: PublicAddresses;
  readonly token: string;
  readonly silences: readonly Silence[];
  /** Why what was asked for was not done. */
  readonly problems: readonly string[];
}

// Ticked, they would make the silence end with what is only a name of the moment.
const rarelyMeant = ['severity', 'component', 'tier'];

/** The form for a silence of one alert, and the silences that keep it quiet. */
export function silencePage({ entry, addresses, token, silences, problems }: SilencePage): Html {
  const back = html`<p class="brand"><a href="/alerts/${idOf(entry)}">← ${nameOf(entry)}</a></p>`;
  return shell({
    title: `Silence ${nameOf(entry)}`,
    body: html`${topBar(addresses, back)}
<main id="main" class="alone">
  <h1>Silence ${nameOf(entry)}</h1>
  ${problems.length > 0 && html`<div class="problem" role="alert">${problems.map((text) => html`<p>${text}</p>`)}</div>`}
  ${silences.map((silence) => currentSilence(entry, token, silence))}
  <form class="silence" method="post" action="/alerts/${idOf(entry)}/silence">
    <input type="hidden" name="token" value="${token}">
    <fieldset><legend>Alerts named ${nameOf(entry)}, with</legend>
      ${Object.entries(entry.labels)
        .filter(([name]) => name !== 'alertname')
        .map(([name, value]) => labelBox(name, value))}
    </fieldset>
    <label>For <select name="duration">${Object.keys(durations).map((each) => html`<option>${each}</option>`)}</select></label>
    <label>Who you are <input name="by" required maxlength="100" autocomplete="name"></label>
    <label>Why <input name="reason" required maxlength="500" autocomplete="off"></label>
    <button type="submit">Silence</button>
  </form>
</main>`,
  });
}

function labelBox(name: string, value: string): Html {
  const isTicked = !rarelyMeant.includes(name);
  return html`<label class="tick"><input type="checkbox" name="label" value="${name}"${isTicked && html` checked`}>
      <span><code>${name}</code> ${value}</span></label>`;
}

function currentSilence(entry: AlertEntry, token: string, silence: Silence): Html {
  const action = `/alerts/${idOf(entry)}/silence/${silence.id}/end`;
  return html`<section class="silenced" aria-label="Silence">
    <p><strong>Silent until ${moment(silence.endsAt)}</strong>, by ${silence.createdBy}: ${silence.comment}</p>
    <form method="post" action="${action}"><input type="hidden" name="token" value="${token}">
      <button type="submit">End it</button></form>
  </section>`;
}
