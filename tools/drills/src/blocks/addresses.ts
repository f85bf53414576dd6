import type { DrillSystem, Source } from '../systems/system.ts';

// The published ports, as in the documents and the contract.
const sources: Readonly<Record<string, Source>> = {
  8025: 'oncall',
  9090: 'prometheus',
  9093: 'alertmanager',
  3100: 'loki',
  16686: 'jaeger',
  3001: 'grafana',
};

/** Replaces the published addresses by those of this system. */
export function rewriteAddresses(code: string, system: Pick<DrillSystem, 'url'>): string {
  return code.replace(/http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/g, (text, port: string) => {
    const source = sources[port];
    return (source && system.url(source)) ?? text;
  });
}
