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

/** What somebody comes for. */
export type Scenario = (typeof scenarios)[number];

// Most people only look. At twenty visits a second these are 2,000 orders an hour, ten times the
// peak of the seeds, and of everything else some each minute.
const shares: readonly (readonly [Scenario, number])[] = [
  ['order', 0.028],
  ['account', 0.02],
  ['search', 0.1],
  ['attachment', 0.004],
  ['assistant', 0.006],
  ['shift', 0.006],
  ['sign_in', 0.005],
  ['newcomer', 0.002],
];

// Of these even a minute holds only a few, so a window of compressed time would hold none.
const rare: readonly Scenario[] = ['attachment', 'assistant'];

/**
 * Chooses what somebody comes for; `wrongShare` (0 to 1) of them make a mistake, and rare visits
 * are `rareFactor` times likelier than usual.
 */
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
 * Scenarios that make the api hash a password, of which it can do ten a second, each with the time
 * that must pass between two of them in milliseconds, however many come.
 */
export const costlyScenarios: ReadonlyMap<Scenario, number> = new Map([
  ['sign_in', 5_000],
  ['newcomer', 20_000],
]);

/** Runs one visit to its end, by scenario. */
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
