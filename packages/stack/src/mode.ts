import { StackError } from './stack-error.ts';

/** How the system is run. */
export type Mode = 'native' | 'compose';

/** What the flags ask for. */
export interface ModeFlags {
  native?: boolean | undefined;
  compose?: boolean | undefined;
}

/** Chooses how to run; throws, with exit code 2, for what can't be had. */
export function chooseMode({ native = false, compose = false }: ModeFlags): Mode {
  if (native && compose) {
    throw new StackError('Expected `--native` or `--compose`, got both.', { exitCode: 2 });
  }
  if (compose) {
    throw new StackError(
      '`--compose` comes with docker-compose.yml, in a later change; leave it out to run natively.',
      { exitCode: 2 },
    );
  }
  return 'native';
}
