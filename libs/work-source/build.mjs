// Makes the package that is published from what is here: one bundle that needs Node and nothing else, and its declarations.
//
//   npm run build -w @ocm/work-source && npm publish libs/work-source/dist
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const out = process.argv[2] ?? join(here, 'dist');
const { name, version, license, description } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

await rm(out, { recursive: true, force: true });
await build({
  entryPoints: [join(here, 'src/index.ts')],
  outfile: join(out, 'index.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  legalComments: 'none',
  mainFields: ['module', 'main'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// The types stand alone (src/types.ts): what the libraries declare is no matter of those who import the package.
const types = await readFile(join(here, 'src/types.ts'), 'utf8');
const door =
  '/** Connects, and resolves when the other side has said which works there are. */\nexport declare function openWorkSource(options: WorkSourceOptions): Promise<WorkSource>;\n';
await writeFile(join(out, 'index.d.ts'), `${types}\n${door}`);
await copyFile(join(here, 'README.md'), join(out, 'README.md'));
const manifest = {
  name,
  version,
  license,
  description,
  type: 'module',
  engines: { node: '>=22.19' },
  exports: { '.': { types: './index.d.ts', default: './index.mjs' } },
};
await writeFile(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
