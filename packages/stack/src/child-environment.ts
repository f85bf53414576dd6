// Variables of test runners and package managers, and those with which libpq would change our own
// addresses.
const dropped =
  /^(NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_CHANNEL_|JEST_|npm_|PG[A-Z]|PORT$|WATCHKEEPER_)/;

/** The base of every child's environment. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.test(name)));
}
