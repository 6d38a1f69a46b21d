// Checks that span packages: dead exports and files, the layout of the files at the root, one version of each direct
// dependency, and links between pages.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenLinks } from './links.mjs';

const root = join(import.meta.dirname, '../..');
const bin = (name) => join(root, 'node_modules/.bin', name);

/** Dependencies that two packages ask for in different versions, one line each. */
function versionConflicts() {
  const wanted = new Map();
  const manifests = ['apps', 'libs', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/package.json`),
  );
  for (const manifest of ['package.json', ...manifests]) {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const asked = wanted.get(name) ?? new Map();
      wanted.set(name, asked.set(version, [...(asked.get(version) ?? []), manifest]));
    }
  }
  return [...wanted]
    .filter(([, asked]) => asked.size > 1)
    .map(
      ([name, asked]) => `${name}: ${[...asked].map(([version, by]) => `${version} in ${by.join(', ')}`).join('; ')}`,
    );
}

/** Links of our pages that lead nowhere, one line each. */
function deadLinks() {
  const ignored = new Set(['node_modules', 'dist', 'test-results', '.git', '.nx']);
  const paths = globSync('**/*.md', { cwd: root, exclude: (name) => ignored.has(name.split('/').at(-1)) });
  const pages = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  return brokenLinks(pages, (path) => existsSync(join(root, path)));
}

const steps = [
  ['dead exports and files', bin('knip'), ['--no-progress', '--no-config-hints']],
  ['layout', bin('prettier'), ['--check', '--log-level', 'warn', '--ignore-unknown', '.', '!apps', '!libs', '!tools']],
];
const failed = steps
  .filter(([, command, args]) => spawnSync(command, args, { stdio: 'inherit', cwd: root }).status !== 0)
  .map(([what]) => what);
const conflicts = versionConflicts();
if (conflicts.length > 0) console.error(`more than one version of a dependency:\n  ${conflicts.join('\n  ')}`);
const links = deadLinks();
if (links.length > 0) console.error(`links that lead nowhere:\n  ${links.join('\n  ')}`);
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exit(failed.length + conflicts.length + links.length > 0 ? 1 : 0);
