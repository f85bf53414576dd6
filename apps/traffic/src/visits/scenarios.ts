import type { scenarios } from '../catalogue.ts';
import type { Random } from '../random.ts';
import { visitAccount } from './account.ts';
import { askAssistant } from './assistant.ts';
import { attach } from './attachments.ts';
import { chooseRestaurant, searchRestaurants } from './browsing.ts';
import { makeMistake } from './mistakes.ts';
import { order } from './order.ts';
import { workShift } from './shift.ts';
import { signInAgain, welcomeNewcomer } from './signing-in.ts';
import type { Stage } from './stage.ts';

export type Scenario = (typeof scenarios)[number];

// At twenty visits a second these are 2,000 orders an hour, ten times the peak of the seeds, and
// some of everything else each minute: enough for an alert's floor if all of a kind fail.
const shares: readonly (readonly [Scenario, number])[] = [
  ['order', 0.028],
  ['account', 0.02],
  ['search', 0.1],
  ['attachment', 0.004],
  ['assistant', 0.012],
  ['shift', 0.006],
  ['sign_in', 0.005],
  ['newcomer', 0.002],
];

/** A newcomer orders at once, and some mistakes are made with an order. */
export const ordering: readonly Scenario[] = ['order', 'newcomer', 'mistake'];

// Only a few a minute, so a window of compressed time would have none.
const rare: readonly Scenario[] = ['attachment', 'assistant'];

/** `wrongShare` (0 to 1) of visits make a mistake; rare ones are `rareFactor` times likelier. */
export function chooseScenario(random: Random, wrongShare: number, rareFactor = 1): Scenario {
  if (random.isChance(wrongShare)) return 'mistake';
  let left = random.next();
  for (const [scenario, share] of shares) {
    left -= rare.includes(scenario) ? share * rareFactor : share;
    if (left < 0) return scenario;
  }
  return 'menu';
}

/**
 * The least milliseconds between two visits of a scenario that makes the api hash a password, of
 * which it can do ten a second.
 */
export const costlyScenarios: ReadonlyMap<Scenario, number> = new Map([
  ['sign_in', 5_000],
  ['newcomer', 20_000],
]);

export const visits: Readonly<Record<Scenario, (stage: Stage) => Promise<unknown>>> = {
  menu: (stage) => stage.scene('menu', () => chooseRestaurant(stage)),
  search: (stage) => stage.scene('search', () => searchRestaurants(stage)),
  account: (stage) => stage.scene('account', () => visitAccount(stage)),
  order,
  newcomer: welcomeNewcomer,
  sign_in: (stage) => stage.scene('sign_in', () => signInAgain(stage)),
  attachment: (stage) => stage.scene('attachment', () => attach(stage)),
  assistant: (stage) => stage.scene('assistant', () => askAssistant(stage)),
  shift: (stage) => stage.scene('shift', () => workShift(stage)),
  mistake: (stage) => stage.scene('mistake', () => makeMistake(stage)),
};
