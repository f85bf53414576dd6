/** A container as `docker compose ps` prints it. */
interface Container {
  readonly Service: string;
  readonly Image: string;
  readonly State: string;
  readonly Health: string;
  readonly Publishers?: readonly { PublishedPort: number }[] | null;
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

/** The address on this machine; undefined where no port is published. */
export function addressOf({ Publishers }: Container): string | undefined {
  const published = Publishers?.find(({ PublishedPort }) => PublishedPort > 0);
  return published && `http://127.0.0.1:${published.PublishedPort}`;
}
