// Which folder may import which; read by dependency-cruiser in `npm run check`. docs/architecture.md explains it.
const test = String.raw`\.test\.ts$|/testing/|^tests/|^packages/testing/`;

/** What tools/NAME may import of the other tools. */
const toolOrder = {
  ...{ compose: [], drills: ['compose'], checks: ['compose', 'drills'] },
  ...{ bench: ['compose', 'drills', 'checks'], pictures: ['compose', 'drills', 'checks'] },
  ...{ suite: ['drills', 'checks'], backtest: ['drills', 'checks'] },
};

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Move what both need, types too, into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-import-packages',
      comment: 'apps and tools import packages, never the other way round.',
      severity: 'error',
      from: { path: '^(packages|monitoring)/', pathNot: test },
      to: { path: '^(apps|tools|scripts|tests|[.]ci)/' },
    },
    {
      name: 'library-stands-alone',
      comment: '@watchkeeper/telemetry is copied without anything else of this repository.',
      severity: 'error',
      from: { path: '^packages/telemetry/', pathNot: test },
      to: { path: '^(packages/(?!telemetry/)|monitoring/)' },
    },
    {
      name: 'apps-are-strangers',
      comment: 'Apps talk over HTTP. What two of them need belongs in packages/galley.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: test },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'nothing-imports-tools',
      comment: 'Only scripts, tests, CI and other tools do.',
      severity: 'error',
      from: { path: '^(apps|packages|monitoring)/' },
      to: { path: '^(tools|scripts|[.]ci)/' },
    },
    ...Object.entries(toolOrder).map(([name, allowed]) => ({
      name: `tools-${name}`,
      comment: `tools/${name} may import of the other tools: ${allowed.join(', ') || 'none'}.`,
      severity: 'error',
      from: { path: `^tools/${name}/` },
      to: { path: '^tools/', pathNot: `^tools/(${[name, ...allowed].join('|')})/` },
    })),
    {
      name: 'products-import-no-tests',
      comment: 'What a test helper and a product share belongs to the product.',
      severity: 'error',
      from: { path: '^(apps|packages|monitoring)/', pathNot: test },
      to: { path: test },
    },
    {
      name: 'tools-import-no-tests',
      comment: 'Tools may use packages/testing, but no test and no helper of one.',
      severity: 'error',
      from: { path: '^(tools|scripts|[.]ci)/', pathNot: test },
      to: { path: test, pathNot: '^packages/testing/' },
    },
    {
      name: 'resolvable',
      comment: 'The file or package does not exist, or its package.json does not name it.',
      severity: 'error',
      from: { pathNot: '[.]d[.]ts$' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API for it; swc sees imports of types as well.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
