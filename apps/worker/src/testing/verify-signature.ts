import { readFileSync } from 'node:fs';

type Verify = (secret: string, body: string, signature: string) => boolean;

/** The receiver's check of a signature, from the example in the README. */
export async function loadReadmeExample(): Promise<Verify> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const { isFromGalley } = await import(`data:text/javascript,${encodeURIComponent(example)}`);
  return isFromGalley;
}
