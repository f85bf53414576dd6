import { docker, type Engine } from '@watchkeeper/compose/engine';

const intervalMs = 1_000;
const lineCount = '5';

/** Watches the containers of a project while they start. */
export interface Watch {
  /** The last log lines of each container that was unhealthy, also after it was removed. */
  stop(): string;
}

/** Testcontainers removes what did not start, and with it the reason: this keeps it. */
export function watchUnhealthy(project: string, engine: Engine): Watch {
  const lastLines = new Map<string, string>();

  async function look(): Promise<void> {
    const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
    for (const state of ['health=unhealthy', 'status=restarting']) {
      const filter = [...ofProject, '--filter', state, '--format', '{{.Names}}'];
      const { stdout } = await docker(['ps', '-a', ...filter], engine);
      for (const name of stdout.split('\n').filter(Boolean)) {
        const logs = await docker(['logs', '--tail', lineCount, name], engine);
        lastLines.set(name, `${logs.stdout}${logs.stderr}`.trim());
      }
    }
  }

  const timer = setInterval(() => void look(), intervalMs);
  return {
    stop() {
      clearInterval(timer);
      return [...lastLines]
        .map(([name, text]) => `${name} was unhealthy; its last log lines:\n${text}`)
        .join('\n');
    },
  };
}
