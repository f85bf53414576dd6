import { parser } from '@prometheus-io/lezer-promql';

/** The names in a PromQL expression; `problem` says where it does not parse. */
export interface Names {
  readonly metrics: readonly string[];
  /** Labels it matches, groups or joins by. */
  readonly labels: readonly string[];
  readonly problem?: string;
}

/** Reads the names out of an expression with the grammar that Prometheus' own editor uses. */
export function namesIn(expression: string): Names {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  let problem: string | undefined;
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) problem ??= `syntax error at offset ${node.from} of \`${expression}\``;
      if (node.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(text);
      if (node.name === 'LabelName') labels.add(text);
    },
  });
  const found = { metrics: [...metrics], labels: [...labels] };
  return problem === undefined ? found : { ...found, problem };
}
