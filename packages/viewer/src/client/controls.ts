import { describeRange, offeredRanges } from '../model/time-range.ts';
import { type Choice, customValues, type Variable } from '../model/variables.ts';
import { element } from './element.ts';
import { type State, withChoice } from './state.ts';

const refreshes = ['', '5s', '10s', '30s', '1m', '5m'];

/** Fills the form with the controls; `change` is called with every new state. */
export function drawControls(
  form: HTMLElement,
  state: State,
  valuesOf: ReadonlyMap<string, readonly string[]>,
  change: (state: State) => void,
): void {
  form.replaceChildren(
    ...state.variables.map((variable) => {
      const choose = (choice: Choice) => change(withChoice(state, variable.model.name, choice));
      return variable.model.type === 'textbox'
        ? textField(variable, choose)
        : picker(
            variable,
            valuesOf.get(variable.model.name) ?? customValues(variable.model),
            choose,
          );
    }),
    rangeField(state, change),
    select('Refresh', refreshes, state.refresh, {
      label: (value) => value || 'off',
      choose: (refresh) => change({ ...state, refresh }),
    }),
    element('button', { type: 'button', onclick: () => change(state) }, 'Refresh now'),
  );
}

function field(title: string, control: HTMLElement): HTMLElement {
  return element('label', element('span', title), control);
}

function select(
  title: string,
  values: readonly string[],
  chosen: string,
  { label, choose }: { label: (value: string) => string; choose: (value: string) => void },
): HTMLElement {
  const all = values.includes(chosen) ? values : [chosen, ...values];
  const made: HTMLSelectElement = element(
    'select',
    { onchange: () => choose(made.value) },
    ...all.map((value) => element('option', { value, selected: value === chosen }, label(value))),
  );
  return field(title, made);
}

function rangeField(state: State, change: (state: State) => void): HTMLElement {
  const ranges = offeredRanges.map((length) => `now-${length}`);
  return select('Time', ranges, state.to === 'now' ? state.from : 'custom', {
    label: (from) => describeRange(from, 'now'),
    choose(from) {
      if (from !== 'custom') change({ ...state, from, to: 'now' });
    },
  });
}

function textField({ model, choice }: Variable, choose: (choice: Choice) => void): HTMLElement {
  const input: HTMLInputElement = element('input', {
    type: 'search',
    value: choice.values[0] ?? '',
    autocomplete: 'off',
    onchange: () => choose({ isAll: false, values: [input.value] }),
  });
  return field(model.label ?? model.name, input);
}

/** Several may be ticked; none means all. */
function picker(
  { model, choice }: Variable,
  values: readonly string[],
  choose: (choice: Choice) => void,
): HTMLElement {
  const all = [...new Set([...values, ...choice.values])];
  const boxes = all.map((value) =>
    element('input', { type: 'checkbox', value, checked: choice.values.includes(value) }),
  );
  const details = element(
    'details.picker',
    { ontoggle: chooseTicked },
    element(
      'summary',
      element('span', model.label ?? model.name),
      choice.isAll ? 'All' : choice.values.join(', '),
    ),
    element('div.options', ...boxes.map((box) => element('label', box, ` ${box.value}`))),
  );
  function chooseTicked(): void {
    if (details.open) return;
    const ticked = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (ticked.join() !== choice.values.join()) {
      choose({ isAll: ticked.length === 0, values: ticked });
    }
  }
  return details;
}
