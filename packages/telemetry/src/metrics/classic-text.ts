const exemplar = / # \{[^{}]*\} [-+.\w]+(?: [-+.\w]+)?$/;

/**
 * One metric of OpenMetrics as the classic text format: its counters are named with `_total`, and it
 * has no exemplars. prom-client itself can't: it renames a counter for good once it renders
 * OpenMetrics. Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function toClassicText(openMetrics: string): string {
  const counters = new Set<string>();
  for (const [, name = ''] of openMetrics.matchAll(/^# TYPE (\S+) counter$/gm)) counters.add(name);
  const lines = openMetrics.split('\n').map((line) => {
    if (!line.startsWith('# ')) return line.replace(exemplar, '');
    const [, keyword, name = '', rest] = /^# (\S+) (\S+)(.*)$/.exec(line) ?? [];
    return counters.has(name) ? `# ${keyword} ${name}_total${rest}` : line;
  });
  return lines.join('\n');
}
