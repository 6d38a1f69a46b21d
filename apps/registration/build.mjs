// Bundles the program into dist/: registration.mjs is the executable, chunks/ has what it loads when a command needs it. The folder needs
// Node and nothing else.
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
  entryPoints: { registration: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // An agent does not load the hub, and neither loads the 4 MB that only exec and OIDC credentials need.
  splitting: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  // The CommonJS builds of some packages cannot be shaken and cost memory.
  mainFields: ['module', 'main'],
  define: { OCM_BUILD_INFO: JSON.stringify(buildInfo) },
  // Bundled CommonJS packages ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/registration.mjs', 0o755);
