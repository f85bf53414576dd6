// What a test runner or a package manager leaves in the environment is about them; what libpq
// reads would change what our own addresses mean.
const dropped =
  /^(NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_CHANNEL_|JEST_|npm_|PG[A-Z]|PORT$|WATCHKEEPER_)/;

/** The environment that every child starts from. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.test(name)));
}
