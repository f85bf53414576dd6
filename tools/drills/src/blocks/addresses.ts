import type { DrillSystem, Source } from '../systems/system.ts';

// The ports that people know (docs and contract), and who has them.
const known: Readonly<Record<string, Source>> = {
  8025: 'oncall',
  9090: 'prometheus',
  9093: 'alertmanager',
  3100: 'loki',
  16686: 'jaeger',
  3001: 'grafana',
};

/** Puts the addresses of this system in the place of those that a page names. */
export function rewriteAddresses(code: string, system: Pick<DrillSystem, 'url'>): string {
  return code.replace(/http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/g, (text, port: string) => {
    const source = known[port];
    return (source && system.url(source)) ?? text;
  });
}
