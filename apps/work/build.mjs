// Bundles the program into dist: work.mjs is executable and needs Node and the chunks beside it, nothing else. What only some processes
// need stays in chunks of its own, so that the others do not hold it in memory.
import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const [major, minor] = version.split('.');

/** Git's answer, or `unknown` where there is no repository or no commit. */
function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

const changes = git('status', '--porcelain');
const buildInfo = {
  major,
  minor,
  gitVersion: `v${version}`,
  gitCommit: git('rev-parse', 'HEAD'),
  gitTreeState: changes === 'unknown' ? changes : changes === '' ? 'clean' : 'dirty',
  // The time of the commit, so that the same sources give the same bundle.
  buildDate: git('log', '-1', '--format=%cI'),
};

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { work: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  define: { OCM_BUILD_INFO: JSON.stringify(buildInfo) },
  // Bundled CommonJS packages ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/work.mjs', 0o755);
