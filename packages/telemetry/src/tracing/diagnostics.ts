import { format } from 'node:util';
import { type DiagLogFunction, DiagLogLevel, diag } from '@opentelemetry/api';

/** What `OTEL_LOG_LEVEL` may say, in capitals or not. */
export const diagnosticLevels = [
  'none',
  'error',
  'warn',
  'info',
  'debug',
  'verbose',
  'all',
] as const;

/** One of them. */
export type DiagnosticLevel = (typeof diagnosticLevels)[number];

/** Has OpenTelemetry say on standard error how it does, for who finds no traces and asks why. */
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
