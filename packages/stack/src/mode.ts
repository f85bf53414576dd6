import { StackError } from './stack-error.ts';

/** `auto` is compose where that is possible, else native. Throws, with exit code 2, on both flags. */
export function chooseMode({
  native,
  compose,
}: Record<string, boolean | undefined>): 'native' | 'compose' | 'auto' {
  if (native && compose) {
    throw new StackError('Expected `--native` or `--compose`, got both.', { exitCode: 2 });
  }
  if (native) return 'native';
  return compose ? 'compose' : 'auto';
}
