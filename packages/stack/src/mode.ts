import { StackError } from './stack-error.ts';

/** `auto` is compose where that is possible, else native. */
export type Mode = 'native' | 'compose' | 'auto';

export interface ModeFlags {
  native?: boolean | undefined;
  compose?: boolean | undefined;
}

/** Throws, with exit code 2, when the flags contradict each other. */
export function chooseMode({ native = false, compose = false }: ModeFlags): Mode {
  if (native && compose) {
    throw new StackError('Expected `--native` or `--compose`, got both.', { exitCode: 2 });
  }
  if (native) return 'native';
  return compose ? 'compose' : 'auto';
}
