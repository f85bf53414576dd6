import { format } from 'node:util';
import { type DiagLogFunction, DiagLogLevel, diag } from '@opentelemetry/api';

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

/** Logs OpenTelemetry's diagnostics to standard error, for the case that no traces arrive. */
export function writeDiagnostics(level: DiagnosticLevel): void {
  if (level === 'none') return;
  const write =
    (name: string): DiagLogFunction =>
    (...words) =>
      void process.stderr.write(`opentelemetry ${name}: ${format(...words)}\n`);
  const logger = {
    ...{ error: write('error'), warn: write('warn'), info: write('info') },
    ...{ debug: write('debug'), verbose: write('verbose') },
  };
  const logLevel = DiagLogLevel[level.toUpperCase() as keyof typeof DiagLogLevel];
  diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
}
