import { frontedPorts } from '@watchkeeper/stack/compose-file';

/** A container as `docker compose ps` prints it. */
interface Container {
  readonly Service: string;
  readonly Image: string;
  readonly State: string;
  readonly Health: string;
  readonly Publishers?: readonly { PublishedPort: number; TargetPort: number }[] | null;
}

/** Lists the containers of the project for which `compose` runs `docker compose`. */
export async function readContainers(
  compose: (...parameters: string[]) => Promise<string>,
): Promise<Container[]> {
  const text = await compose('ps', '--format', 'json');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Container);
}

/** The address of each service on this machine, its own or by the gate; undefined without one. */
export function readAddresses(containers: readonly Container[]): Map<string, string | undefined> {
  const gate = containers.find(({ Service }) => Service === 'gate');
  return new Map(
    containers.map((container) => {
      const { Service } = container;
      const fronted = frontedPorts[Service];
      return [Service, fronted === undefined ? addressAt(container) : addressAt(gate, fronted)];
    }),
  );
}

function addressAt(container: Container | undefined, port?: number): string | undefined {
  const published = container?.Publishers?.find(
    ({ PublishedPort, TargetPort }) =>
      PublishedPort > 0 && (port === undefined || TargetPort === port),
  );
  return published && `http://127.0.0.1:${published.PublishedPort}`;
}
