import { colourOf, sayValue } from '../model/appearance.ts';
import type { Field, Panel } from '../model/dashboard.ts';
import { type Labels, lastValues } from '../model/series.ts';
import { element } from './element.ts';
import type { Context, Loaded } from './load.ts';
import { showWays, waysFrom } from './ways.ts';

interface Value {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number | null;
}

/** Draws a `stat` panel: large numbers on the colour of their threshold. */
export function drawStat(
  host: HTMLElement,
  panel: Panel,
  loaded: Loaded,
  context: Context,
): boolean {
  const field = panel.fieldConfig?.defaults ?? {};
  const values = lastValues(loaded.answers);
  const isColoured = panel.options?.colorMode?.startsWith('background') === true;
  const items = values.map((value) => {
    const colour = colourOf(value.value, field);
    const tone = isColoured ? `ground-${colour}` : `tone-${colour}`;
    return element(
      'li',
      { class: `stat ${tone}` },
      // A number that is alone has the panel's title for its name.
      values.length > 1 && element('span', { class: 'name' }, value.name),
      leading(host, sayValue(value.value, field), value, field, context),
    );
  });
  host.replaceChildren(
    element('ul', { class: `stats ${values.length > 1 ? 'many' : 'one'}` }, ...items),
  );
  return values.length > 0;
}

/** Draws a `bargauge` or `gauge` panel: a bar for each value. */
export function drawBars(
  host: HTMLElement,
  panel: Panel,
  loaded: Loaded,
  context: Context,
): boolean {
  const field = panel.fieldConfig?.defaults ?? {};
  const values = lastValues(loaded.answers);
  const least = field.min ?? Math.min(0, ...values.map(({ value }) => value ?? 0));
  const most = field.max ?? Math.max(...values.map(({ value }) => value ?? 0));
  const items = values.map((value) => {
    const share = most > least ? ((value.value ?? least) - least) / (most - least) : 0;
    const fill = element('span', { class: `fill back-${colourOf(value.value, field)}` });
    fill.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`;
    return element(
      'li',
      {},
      leading(host, value.name, value, field, context, 'name'),
      element('span', { class: 'track', 'aria-hidden': 'true' }, fill),
      element('span', { class: 'last' }, sayValue(value.value, field)),
    );
  });
  host.replaceChildren(element('ul', { class: 'bars', tabindex: '0' }, ...items));
  return values.length > 0;
}

/** The text; a button, where the value leads on. */
function leading(
  host: HTMLElement,
  text: string,
  { name, labels, value }: Value,
  field: Field,
  context: Context,
  kind = 'value',
): HTMLElement {
  const ways = waysFrom(field, { title: name, labels, value }, context);
  if (ways.length === 0) return element('span', { class: kind }, text);
  const button = element('button', { type: 'button', class: kind, title: name }, text);
  button.addEventListener('click', () => showWays(host, name, ways));
  return button;
}
