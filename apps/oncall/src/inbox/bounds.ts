interface Alert {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly generatorURL: string;
}

// Above what Prometheus accepts of our targets (prometheus.yml): real alerts are never cut. A thousand
// alerts of this size are a third of the container's memory.
const maxLabels = 40;
const maxLabelLength = 500;
const maxAnnotations = 20;
const maxAnnotationsLength = 8_000;
const maxAddressLength = 4_000;

/** Truncates an alert to the limits that keep the inbox small; its fingerprint still identifies it. */
export function boundAlert<A extends Alert>(alert: A): A {
  return {
    ...alert,
    labels: boundPairs(alert.labels, maxLabels, maxLabelLength),
    annotations: boundTotal(alert.annotations),
    generatorURL: boundAddress(alert.generatorURL),
  };
}

function boundPairs(pairs: Readonly<Record<string, string>>, count: number, length: number) {
  const entries = Object.entries(pairs).filter(([name]) => name.length <= maxLabelLength);
  return Object.fromEntries(
    entries.slice(0, count).map(([name, text]) => [name, cut(text, length)]),
  );
}

/** The first ones keep their whole text. */
function boundTotal(annotations: Readonly<Record<string, string>>): Record<string, string> {
  let left = maxAnnotationsLength;
  const bounded = boundPairs(annotations, maxAnnotations, maxAnnotationsLength);
  for (const [name, text] of Object.entries(bounded)) {
    bounded[name] = left > 0 ? cut(text, left) : '';
    left -= name.length + text.length;
  }
  return bounded;
}

/** A part of an address leads elsewhere: rather none. */
export function boundAddress(address: string): string {
  return address.length <= maxAddressLength ? address : '';
}

export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
