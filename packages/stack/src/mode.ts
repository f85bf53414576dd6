import { StackError } from './stack-error.ts';

/** How the system is asked to run; `auto` is compose where that is possible, else native. */
export type Mode = 'native' | 'compose' | 'auto';

/** What the flags ask for. */
export interface ModeFlags {
  native?: boolean | undefined;
  compose?: boolean | undefined;
}

/** Reads how to run from the flags; throws, with exit code 2, when they contradict each other. */
export function chooseMode({ native = false, compose = false }: ModeFlags): Mode {
  if (native && compose) {
    throw new StackError('Expected `--native` or `--compose`, got both.', { exitCode: 2 });
  }
  if (native) return 'native';
  return compose ? 'compose' : 'auto';
}
