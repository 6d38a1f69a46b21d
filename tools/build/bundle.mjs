// Bundles the app in the current directory into dist: the executable dist/<name>.mjs, which needs Node and nothing else, and beside it what
// its commands load when they run, so that a process does not hold the text of the others (6 MB of an agent). Beside them lies
// client-node.mjs, four megabytes that are read only when a kubeconfig names an auth provider, and what the package names in `sidecars`:
// files of their own for threads, by the name they get.
//
//   node ../../tools/build/bundle.mjs
import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const AUTH_PROVIDERS = '@kubernetes/client-node';
const SIDECAR = './client-node.mjs';

/** Git's answer, or `unknown` where there is no repository or no commit. */
function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

function buildInfo(version) {
  const [major, minor] = version.split('.');
  const changes = git('status', '--porcelain');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: git('rev-parse', 'HEAD'),
    gitTreeState: changes === 'unknown' ? changes : changes === '' ? 'clean' : 'dirty',
    // The time of the commit, so that the same sources give the same bundle.
    buildDate: git('log', '-1', '--format=%cI'),
  };
}

const sidecar = {
  name: 'auth-providers-beside',
  setup(bundler) {
    bundler.onResolve({ filter: new RegExp(`^${AUTH_PROVIDERS}$`) }, () => ({ path: SIDECAR, external: true }));
  },
};

const { name, version, sidecars = {} } = JSON.parse(await readFile('package.json', 'utf8'));
const short = name.replace('@ocm/', '');
const options = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  // The CommonJS builds of some packages cannot be shaken and cost memory.
  mainFields: ['module', 'main'],
  define: { OCM_BUILD_INFO: JSON.stringify(buildInfo(version)) },
  // Bundled CommonJS packages ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...options,
    entryPoints: { [short]: 'src/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    splitting: true,
    plugins: [sidecar],
  }),
  build({
    ...options,
    entryPoints: [join(import.meta.dirname, SIDECAR)],
    outfile: `dist/${SIDECAR}`,
    sourcemap: false,
  }),
  ...Object.entries(sidecars).map(([file, entry]) =>
    build({ ...options, entryPoints: [entry], outfile: `dist/${file}`, sourcemap: false }),
  ),
]);
await chmod(`dist/${short}.mjs`, 0o755);
