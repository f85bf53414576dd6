// The bootstrap: plain JavaScript for whatever Node the machine has. It installs the dependencies,
// then hands over to the pinned Node, which runs the verb's TypeScript file as it is.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.watchkeeper-install');
const minimumMajor = 20;
const runtimeMajor = 24;

function fail(message, exitCode = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

function ownMajor() {
  return Number(process.versions.node.split('.')[0]);
}

function verbs() {
  return readdirSync(join(root, 'scripts'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3));
}

// The loader of Node puts other names in place of a star: it would look for a file that is not there.
function refuseStar() {
  if (!root.includes('*')) return;
  fail(
    `Expected the path of the checkout to have no \`*\`, got \`${root}\`. Rename the folder.`,
    2,
  );
}

/** A digest of all inputs of an installation. */
function wantedStamp() {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function installDependencies() {
  const stamp = wantedStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // Not in the `packageManager` field: pnpm would then look itself up in the registry each time.
  const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packageManager = `pnpm@${config.pnpm}`;
  process.stderr.write(`Installing dependencies with ${packageManager}; this happens once.\n`);
  const result = spawnSync(
    'npx',
    ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (result.status !== 0) {
    const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() || String(result.error);
    if (/EROFS|EACCES|ENOENT: no such file or directory, mkdir/.test(output)) {
      fail(
        `${output}\nExpected npm to have a folder that it can write to. Set \`HOME\`, or ` +
          '`npm_config_cache`, to one.',
      );
    }
    fail(
      `${output}\nExpected \`${packageManager} install\` to succeed; it needs the npm registry ` +
        'that `npm config get registry` names. Check the network, then try again.',
    );
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** The pinned Node of packages/runtime; the machine's own where that has none for the platform. */
function findRuntime() {
  const name = `node-${process.platform}-${process.arch}`;
  const pinned = join(root, 'packages', 'runtime', 'node_modules', name, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (ownMajor() >= runtimeMajor) return process.execPath;
  return fail(
    `Expected Node ${runtimeMajor} or newer, got \`${process.version}\`, and packages/runtime ` +
      `has none for ${process.platform}-${process.arch}. Install Node ${runtimeMajor}.`,
  );
}

function run(verb, verbArguments) {
  const script = join(root, 'scripts', `${verb}.ts`);
  // Every process that a verb starts finds its code compiled.
  const compiled = join(root, 'node_modules', '.cache', 'watchkeeper', 'compiled');
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env };
  const child = spawn(findRuntime(), [script, ...verbArguments], { stdio: 'inherit', env });
  // The terminal sends SIGINT to the child as well; this process only has to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`Could not start \`${script}\`: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : code);
  });
}

if (ownMajor() < minimumMajor) {
  fail(`Expected Node ${minimumMajor} or newer, got \`${process.version}\`.`);
}
const [verb, ...verbArguments] = process.argv.slice(2);
if (!verbs().includes(verb)) {
  fail(
    `Expected a verb, got \`${verb ?? ''}\`. Usage: node scripts/run.mjs <${verbs().join('|')}>`,
    2,
  );
}
refuseStar();
installDependencies();
run(verb, verbArguments);
