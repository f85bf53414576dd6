import type { DrillablePage, DrillPage } from '../runbooks/drill-page.ts';

/** Each drill with the faults that it injects. */
export function listDrills(pages: readonly DrillPage[]): string {
  const width = Math.max(...pages.map(({ name }) => name.length));
  const lines = pages.map(({ name, drill }) => {
    const text = 'exempt' in drill ? `exempt: ${drill.exempt}` : describeDrill(drill);
    return `${name.padEnd(width)}  ${text}`;
  });
  return lines.join('\n');
}

/** The faults that a drill injects, in one line. */
export function describeDrill(drill: DrillablePage['drill']): string {
  const { also: _, outcome: __, faults, sql, configure, lines, ...others } = drill;
  const parts = [
    ...(faults ?? []).map(({ app, set }) => `${app} ${JSON.stringify(set)}`),
    ...(sql ?? []).map(({ sessions, run }) => `sql ${sessions} × ${run[0]?.slice(0, 50)}`),
    ...(configure ?? []).map(({ component, file }) => `${component} with a changed ${file}`),
    ...(lines ? [`lines in the log of ${lines.service}`] : []),
    ...Object.entries(others).map(([key, value]) => `${key} ${JSON.stringify(value)}`),
  ];
  return parts.join('; ');
}
