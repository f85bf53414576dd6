// Units need nothing but Node; rules need promtool; e2e starts the whole system natively,
// attacks does too, to break in; containers runs the compose files on an engine and attacks them,
// browser opens the inbox in Chromium, drills fires every alert.

// A pattern, not a path: a bracket in the checkout's path would be one of the pattern's.
const root = import.meta.dirname.replace(/[^\w/.-]/g, '?');

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [`${root}/{apps,packages,tools,monitoring}/**/*.test.ts`],
    },
    { ...shared, displayName: 'rules', testMatch: [`${root}/tests/rules/**/*.test.ts`] },
    { ...shared, displayName: 'contract', testMatch: [`${root}/tests/contract/**/*.test.ts`] },
    { ...shared, displayName: 'e2e', testMatch: [`${root}/tests/e2e/**/*.test.ts`] },
    { ...shared, displayName: 'attacks', testMatch: [`${root}/tests/attacks/**/*.test.ts`] },
    { ...shared, displayName: 'drills', testMatch: [`${root}/tests/drills/**/*.test.ts`] },
    {
      ...shared,
      displayName: 'containers',
      testMatch: [`${root}/tests/containers/**/*.test.ts`],
    },
    { ...shared, displayName: 'browser', testMatch: [`${root}/tests/browser/**/*.test.ts`] },
  ],
};
