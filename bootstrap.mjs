// The door for somebody who has just cloned the repository: `npm run demo` and `npm test` start here, on the machine's own Node (20 or
// newer) and without installed packages. It installs what is missing and goes on with the Node that package-lock.json pins.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaryOf } from './tools/checks/results.mjs';

const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const bin = join(root, 'node_modules/.bin');
const COMMANDS = { demo, test };

/**
 * Runs a command in the foreground and returns its exit code; a signal that ended it counts as 1. Ctrl-C reaches the command from the
 * terminal; this process waits for it to clean up.
 */
async function run(command, args) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  const wait = () => {};
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`cannot run ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  }).finally(() => process.off('SIGINT', wait).off('SIGTERM', pass));
}

function requireNode(major) {
  if (Number(process.versions.node.split('.')[0]) >= major) return;
  console.error(
    `Node ${process.versions.node} is too old: install Node ${major} or newer (https://nodejs.org) and try again.`,
  );
  process.exit(1);
}

/** Installs the packages of package-lock.json unless the last successful install was of the same file. */
async function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(join(bin, 'node'))) return;
  console.log('Installing dependencies (npm ci) ...');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) {
    console.error('npm ci failed: see above. It needs a npm registry; behind a proxy set "npm config set proxy URL".');
    process.exit(code);
  }
  writeFileSync(stamp, lock);
}

/**
 * Writes the sources that are made from proto/ and are not in version control, unless they are there and current. Silent when all is
 * well. The tests need no such step: nx does it before whatever depends on it.
 */
function generateSources() {
  const { status, stdout, stderr, error } = spawnSync(join(bin, 'nx'), ['run', 'cloudevents:protobuf'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  if (status === 0) return 0;
  console.error(`cannot make the sources of proto/: ${error?.message ?? `${stdout}${stderr}`}`);
  return status ?? 1;
}

async function demo(args) {
  const code = generateSources();
  if (code !== 0) return code;
  return run(join(bin, 'node'), [join(root, 'tools/demo/src/main.ts'), ...args]);
}

/** Lint, types, unit and integration tests of every package; leaves jest's JSON in test-results/ and says at the end what failed. */
async function test(args) {
  const results = join(root, 'test-results');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results);
  const targets = ['lint', 'typecheck', 'test', 'integration', 'build'];
  const code = await run(join(bin, 'nx'), ['run-many', '-t', ...targets, '--outputStyle=static', ...args]);
  const suites = readdirSync(results)
    .filter((name) => name.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')));
  console.log(`\n${summaryOf(suites, root).join('\n')}`);
  return code;
}

const [command, ...args] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, command ?? '')) {
  console.error(`unknown command "${command ?? ''}"; use "npm test" or "npm run demo"`);
  process.exit(2);
}
requireNode(20);
await installDependencies();
process.exit(await COMMANDS[command](args));
