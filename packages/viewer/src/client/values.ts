import { colourOf, formatFieldValue } from '../model/appearance.ts';
import type { Field } from '../model/dashboard.ts';
import { lastValues } from '../model/series.ts';
import { dataLinksFor, showDataLinks } from './data-links.ts';
import { element } from './element.ts';
import type { Context, Draw } from './load.ts';

type Value = ReturnType<typeof lastValues>[number];

export const drawStat: Draw = (host, panel, loaded, context) => {
  const field = panel.fieldConfig?.defaults ?? {};
  const values = lastValues(loaded.answers);
  const isColoured = panel.options?.colorMode === 'background';
  const items = values.map((value) => {
    const colour = colourOf(value.value, field);
    const tone = isColoured ? `ground-${colour}` : `tone-${colour}`;
    return element(
      `li.stat.${tone}`,
      // A single number is named by the panel's title.
      values.length > 1 && element('span.name', value.name),
      linkedValue(host, formatFieldValue(value.value, field), value, field, context),
    );
  });
  host.replaceChildren(element(`ul.stats.${values.length > 1 ? 'many' : 'one'}`, ...items));
  return values.length > 0;
};

export const drawBars: Draw = (host, panel, loaded, context) => {
  const field = panel.fieldConfig?.defaults ?? {};
  const values = lastValues(loaded.answers);
  const least = field.min ?? Math.min(0, ...values.map(({ value }) => value ?? 0));
  const most = field.max ?? Math.max(...values.map(({ value }) => value ?? 0));
  const items = values.map((value) => {
    const share = most > least ? ((value.value ?? least) - least) / (most - least) : 0;
    const fill = element(`span.fill.back-${colourOf(value.value, field)}`);
    fill.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`;
    return element(
      'li',
      linkedValue(host, value.name, value, field, context, 'name'),
      element('span.track', { 'aria-hidden': 'true' }, fill),
      element('span.last', formatFieldValue(value.value, field)),
    );
  });
  host.replaceChildren(element('ul.bars', { tabindex: '0' }, ...items));
  return values.length > 0;
};

/** The text; a button if the value has data links. */
function linkedValue(
  host: HTMLElement,
  text: string,
  { name, labels }: Value,
  field: Field,
  context: Context,
  kind: 'value' | 'name' = 'value',
): HTMLElement {
  const links = dataLinksFor(field, { labels }, context);
  if (links.length === 0) return element(`span.${kind}`, text);
  const onclick = () => showDataLinks(host, name, links);
  return element(`button.${kind}`, { type: 'button', title: name, onclick }, text);
}
