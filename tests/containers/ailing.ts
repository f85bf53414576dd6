import { docker, type Engine } from '@watchkeeper/compose/engine';

const intervalMs = 1_000;
const lineCount = '5';

/** Watches the containers of a project while they start. */
export interface Watch {
  /** What each container that ailed said last; to be asked when it is too late to ask them. */
  stop(): string;
}

/** Testcontainers removes what did not start, and with it the reason: this keeps it. */
export function watchAiling(project: string, engine: Engine): Watch {
  const said = new Map<string, string>();

  async function look(): Promise<void> {
    const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
    for (const ailing of ['health=unhealthy', 'status=restarting']) {
      const filter = [...ofProject, '--filter', ailing, '--format', '{{.Names}}'];
      const { stdout } = await docker(['ps', '-a', ...filter], engine);
      for (const name of stdout.split('\n').filter(Boolean)) {
        const logs = await docker(['logs', '--tail', lineCount, name], engine);
        said.set(name, `${logs.stdout}${logs.stderr}`.trim());
      }
    }
  }

  const timer = setInterval(() => void look(), intervalMs);
  return {
    stop() {
      clearInterval(timer);
      return [...said].map(([name, text]) => `${name} ailed and said last:\n${text}`).join('\n');
    },
  };
}
