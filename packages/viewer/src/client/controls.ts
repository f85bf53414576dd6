import { describeRange, offeredRanges } from '../model/time-range.ts';
import { type Choice, choiceOf, customValues, type Variable } from '../model/variables.ts';
import { element } from './element.ts';
import { type State, withChoice } from './state.ts';

const refreshes = ['', '5s', '10s', '30s', '1m', '5m'];

/** Fills the form with what can be chosen; `change` is told of another choice. */
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
    field(
      'Refresh',
      select(
        refreshes,
        state.refresh,
        (value) => value || 'off',
        (refresh) => change({ ...state, refresh }),
      ),
    ),
    refreshButton(state, change),
  );
}

function field(title: string, control: HTMLElement): HTMLElement {
  return element('label', {}, element('span', {}, title), control);
}

function select(
  values: readonly string[],
  chosen: string,
  say: (value: string) => string,
  choose: (value: string) => void,
): HTMLSelectElement {
  const all = values.includes(chosen) ? values : [chosen, ...values];
  const made = element(
    'select',
    {},
    ...all.map((value) => element('option', { value, selected: value === chosen }, say(value))),
  );
  made.addEventListener('change', () => choose(made.value));
  return made;
}

function rangeField(state: State, change: (state: State) => void): HTMLElement {
  const ranges = offeredRanges.map((length) => `now-${length}`);
  const isOffered = state.to === 'now';
  const chosen = isOffered ? state.from : 'own';
  const say = (from: string) => describeRange(from, from === 'own' ? '' : 'now');
  return field(
    'Time',
    select(ranges, chosen, say, (from) => {
      if (from !== 'own') change({ ...state, from, to: 'now' });
    }),
  );
}

function refreshButton(state: State, change: (state: State) => void): HTMLElement {
  const button = element('button', { type: 'button' }, 'Refresh now');
  button.addEventListener('click', () => change(state));
  return button;
}

function textField({ model, choice }: Variable, choose: (choice: Choice) => void): HTMLElement {
  const input = element('input', {
    type: 'search',
    value: choice.values[0] ?? '',
    autocomplete: 'off',
  });
  input.addEventListener('change', () => choose({ isAll: false, values: [input.value] }));
  return field(model.label ?? model.name, input);
}

/** Several may be ticked; ticking none is ticking all. */
function picker(
  { model, choice }: Variable,
  values: readonly string[],
  choose: (choice: Choice) => void,
): HTMLElement {
  const title = model.label ?? model.name;
  const all = [...new Set([...values, ...choice.values])];
  if (model.multi !== true) {
    const offered = model.includeAll === true ? ['$__all', ...all] : all;
    const say = (value: string) => (value === '$__all' ? 'All' : value);
    const chosen = choice.isAll ? '$__all' : (choice.values[0] ?? '');
    return field(
      title,
      select(offered, chosen, say, (value) => choose(choiceOf(model, [value]))),
    );
  }
  const boxes = all.map((value) =>
    element('input', { type: 'checkbox', value, checked: choice.values.includes(value) }),
  );
  const said = choice.isAll ? 'All' : choice.values.join(', ');
  const list = element(
    'div',
    { class: 'options' },
    ...boxes.map((box) => element('label', {}, box, ` ${box.value}`)),
  );
  const details = element(
    'details',
    { class: 'picker' },
    element('summary', {}, element('span', {}, title), said),
    list,
  );
  details.addEventListener('toggle', () => {
    if (details.open) return;
    const ticked = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const next =
      ticked.length === 0 ? { isAll: true, values: [] } : { isAll: false, values: ticked };
    if (JSON.stringify(next.values) !== JSON.stringify(choice.values)) choose(next);
  });
  return details;
}
