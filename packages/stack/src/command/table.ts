import { describeLoaded } from '../loaded.ts';
import type { ComponentState, StackState } from '../state-file.ts';
import type { StateFolder } from '../state-folder.ts';

const headings = ['component', 'address', 'state', 'version'];

function describePhase({ lastExit, phase, restarts }: ComponentState): string {
  const times = restarts === 0 ? '' : `, restarted ${restarts}x`;
  // Of a start that failed, the line below the table has the reason.
  const isExplained = restarts === 0 && phase === 'failed';
  const isWell = phase === 'ready' || phase === 'starting' || isExplained || !lastExit;
  const reason = isWell ? '' : ` (${lastExit})`;
  return `${phase}${times}${reason}`;
}

/** Rows of component, address, state and version below their headings, in columns. */
export function formatComponents(components: string[][]): string {
  return formatColumns([headings, ...components]);
}

/** Rows of equal length in columns, for a terminal. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}

/** The table of components, with the absent ones and the next commands. */
export function formatTable(state: StackState, folder: StateFolder): string {
  const rows = Object.entries(state.components).map(([name, component]) => [
    name,
    component.address,
    describePhase(component),
    component.version,
  ]);
  const absent = state.absent.map(
    ({ cost, name, reason }) => `Without ${name}: ${cost} (${reason}).`,
  );
  const loaded = state.loaded ? [describeLoaded(state.loaded)] : [];
  const notes = [...loaded, ...absent, `Logs: ${folder.logs}`, 'Stop: npm stop', ''];
  return [formatComponents(rows), '', ...notes].join('\n');
}
