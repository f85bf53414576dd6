import { join } from 'node:path';
import { freePorts, type StartedProcess, startProcess } from '@watchkeeper/testing/started-process';

/** A service in a process of its own, with the preload. */
export interface ServiceProcess extends StartedProcess {
  readonly base: string;
  readonly management: string;
  metrics(): Promise<string>;
}

/**
 * Starts the fixture service with these variables; rejects with its output if it dies at start.
 * It runs until it is stopped or `killStartedProcesses` is called.
 */
export async function startServiceProcess(
  environment: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const folder = import.meta.dirname;
  const [port, managementPort] = await freePorts(2);
  const nodeArguments = ['--import', join(folder, '../instrumentation.ts'), 'fixture-service.ts'];
  const started = startProcess(nodeArguments, {
    folder,
    environment: {
      OTEL_SERVICE_NAME: 'fixture',
      PORT: String(port),
      METRICS_PORT: String(managementPort),
      SHUTDOWN_DEADLINE_MS: '5000',
      ...environment,
    },
  });
  await started.lineOf('server_started');
  const management = `http://127.0.0.1:${managementPort}`;
  return {
    ...started,
    base: `http://127.0.0.1:${port}`,
    management,
    metrics: async () => (await fetch(`${management}/metrics`)).text(),
  };
}
