import { alternatives, type Systems } from './systems.ts';
import type { AlertSelector, Cause, Causes } from './table.ts';

interface Inhibition {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal: readonly string[];
}

/** Alertmanager's `inhibit_rules`, as lines of YAML. */
export function inhibitRules({ causes }: Causes, systems: Systems): string {
  return causes
    .map((cause) => `  # ${cause.why}\n${inhibitionsOf(cause, systems).map(format).join('')}`)
    .join('');
}

function inhibitionsOf(cause: Cause, { dependents }: Systems): Inhibition[] {
  const source = matchersOf([cause.cause]);
  // Symptoms without matchers of their own share a rule.
  const plain = cause.explains.filter(({ matchers }) => matchers.length === 0);
  const others = cause.explains.filter(({ matchers }) => matchers.length > 0);
  const targets = [...(plain.length > 0 ? [plain] : []), ...others.map((each) => [each])];
  return targets.map(matchersOf).flatMap((target) => {
    if (cause.equal !== undefined) {
      return [{ source: [...source, ...presence(cause.equal)], target, equal: cause.equal }];
    }
    return dependents.map(({ job, needing }) => ({
      source: [...source, `job="${job}"`],
      target: [...target, `job=~"${alternatives(needing)}"`],
      equal: [],
    }));
  });
}

/** Alertmanager takes two alerts without a label for equal, and a job may have no database. */
function presence(equal: readonly string[]): string[] {
  return equal.includes('database') ? ['database!=""'] : [];
}

function matchersOf(selectors: readonly AlertSelector[]): string[] {
  const names = selectors.map(({ alert }) => alert);
  const operator = names.length === 1 ? '=' : '=~';
  const own = selectors.length === 1 ? (selectors[0]?.matchers ?? []) : [];
  return [`alertname${operator}"${names.join('|')}"`, ...own];
}

function format({ source, target, equal }: Inhibition): string {
  const quoted = (matchers: readonly string[]) =>
    `[${matchers.map((each) => `'${each.replaceAll("'", "''")}'`).join(', ')}]`;
  return [
    `  - source_matchers: ${quoted(source)}`,
    `    target_matchers: ${quoted(target)}`,
    ...(equal.length > 0 ? [`    equal: [${equal.join(', ')}]`] : []),
    '',
  ].join('\n');
}
