// Runs the unit or the integration tests of the package in the current directory and leaves jest's JSON in test-results/.
//
//   node ../../tools/checks/jest.mjs unit|integration [jest options]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LAYERS = {
  // Time-outs of jest only end what hangs: how long a step may take is for its test to say, and nothing to fail of on a busy machine.
  unit: ['--testMatch=**/src/**/*.test.ts', '--testPathIgnorePatterns=integration\\.test\\.ts$', '--testTimeout=60000'],
  // Two files at once also on two cores: most of their time they wait.
  integration: ['--testMatch=**/*.integration.test.ts', '--testTimeout=180000', '--maxWorkers=2'],
};

const [layer, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(LAYERS, layer)) {
  console.error(`unknown layer "${layer}"; allowed: ${Object.keys(LAYERS).join(', ')}`);
  process.exit(2);
}

const root = join(import.meta.dirname, '../..');
const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
const results = join(root, 'test-results');
mkdirSync(results, { recursive: true });

const { status } = spawnSync(
  join(root, 'node_modules/.bin/node'),
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...rest, // first: a pattern behind one of the options below would be taken for another value of it
    '--config',
    join(root, 'jest.config.mjs'),
    '--rootDir',
    process.cwd(),
    '--json',
    '--outputFile',
    join(results, `${name.replace('@ocm/', '')}-${layer}.json`),
    // A package may be without tests of a layer; a pattern that finds none is a mistake.
    ...(rest.length === 0 ? ['--passWithNoTests'] : []),
    ...LAYERS[layer],
  ],
  { stdio: ['inherit', 'ignore', 'inherit'] },
);
process.exit(status ?? 1);
