// Units need nothing but Node; rules need promtool; e2e starts the whole system natively,
// containers runs the compose files on an engine, browser opens the inbox in Chromium, drills fires
// every alert.
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
      testMatch: ['<rootDir>/{apps,packages,tools,monitoring}/**/*.test.ts'],
    },
    { ...shared, displayName: 'rules', testMatch: ['<rootDir>/tests/rules/**/*.test.ts'] },
    { ...shared, displayName: 'contract', testMatch: ['<rootDir>/tests/contract/**/*.test.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
    { ...shared, displayName: 'drills', testMatch: ['<rootDir>/tests/drills/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'containers',
      testMatch: ['<rootDir>/tests/containers/**/*.test.ts'],
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/tests/browser/**/*.test.ts'] },
  ],
};
