// Lints and checks the layout of the package in the current directory. Warnings count as errors.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const steps = [
  [bin('oxlint'), ['--config', join(root, '.oxlintrc.json'), '--type-aware', '--deny-warnings', '.']],
  [bin('prettier'), ['--check', '--log-level', 'warn', '--ignore-path', join(root, '.prettierignore'), '.']],
];
const failed = steps.filter(([command, args]) => spawnSync(command, args, { stdio: 'inherit' }).status !== 0);
process.exit(failed.length > 0 ? 1 : 0);
