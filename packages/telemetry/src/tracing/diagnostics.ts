import { format } from 'node:util';
import { type DiagLogFunction, DiagLogLevel, diag } from '@opentelemetry/api';
import { finiteNumber } from '../metrics/finite-number.ts';

/** The values of `OTEL_LOG_LEVEL`. */
export const diagnosticLevels = [
  'none',
  'error',
  'warn',
  'info',
  'debug',
  'verbose',
  'all',
] as const;

export type DiagnosticLevel = (typeof diagnosticLevels)[number];

// How the exporter reports a partial success, of which it says nothing else; a test watches it.
const partialSuccess = 'Received Partial Success response:';

/**
 * Logs OpenTelemetry's diagnostics to standard error, for the case that no traces arrive.
 * @param onRejected called with the number of spans that a collector took in part of an export only
 */
export function writeDiagnostics(
  level: DiagnosticLevel,
  onRejected: (spans: number) => void,
): void {
  const levelOf = (name: string) => DiagLogLevel[name.toUpperCase() as keyof typeof DiagLogLevel];
  const write =
    (name: string): DiagLogFunction =>
    (...words) => {
      if (words[0] === partialSuccess) onRejected(rejectedSpans(String(words[1])));
      if (levelOf(name) > levelOf(level)) return;
      process.stderr.write(`opentelemetry ${name}: ${format(...words)}\n`);
    };
  const logger = {
    ...{ error: write('error'), warn: write('warn'), info: write('info') },
    ...{ debug: write('debug'), verbose: write('verbose') },
  };
  const logLevel = Math.max(levelOf(level), DiagLogLevel.WARN);
  diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
}

/** 0 for a warning, which has only a message. The number is text in JSON, as 64 bits are there. */
function rejectedSpans(json: string): number {
  const { rejectedSpans: spans } = JSON.parse(json) as { rejectedSpans?: unknown };
  return Math.max(finiteNumber(spans) ?? 0, 0);
}
