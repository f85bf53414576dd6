import { attachToSystem } from '@watchkeeper/drills/systems/attach';
import { StackError } from '@watchkeeper/stack';

/** The addresses of Alertmanager and of the inbox. */
export interface RunningSystem {
  readonly alertmanager: string;
  readonly inbox: string;
}

/** @throws StackError when no system is running, or not both components */
export async function findRunningSystem(): Promise<RunningSystem> {
  const system = await attachToSystem();
  const addressOf = (component: 'alertmanager' | 'oncall') => {
    const address = system.url(component);
    if (address !== undefined) return address;
    throw new StackError(`Expected \`${component}\` to run. See \`npm run status\` and its log.`);
  };
  return { alertmanager: addressOf('alertmanager'), inbox: addressOf('oncall') };
}
