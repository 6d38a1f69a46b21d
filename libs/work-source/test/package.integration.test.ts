import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const run = promisify(execFile);
const here = join(import.meta.dirname, '..');
const tsc = join(here, '../../node_modules/.bin/tsc');

let directory: string;
let installed: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'work-source-'));
  installed = join(directory, 'node_modules/@ocm/work-source');
  await run(process.execPath, [join(here, 'build.mjs'), installed]);
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
});
afterAll(() => rm(directory, { recursive: true }));

test('what is published works where nothing else is installed', async () => {
  const program = "import * as door from '@ocm/work-source'; process.stdout.write(Object.keys(door).join());";
  await writeFile(join(directory, 'program.mjs'), program);
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: directory });
  expect(stdout).toBe('openWorkSource');
  expect((await readdir(installed)).toSorted()).toEqual(['README.md', 'index.d.ts', 'index.mjs', 'package.json']);
});

test('its declarations need no others', async () => {
  const lines = [
    "import { openWorkSource, type DeliveredWork } from '@ocm/work-source';",
    "const source = await openWorkSource({ id: 'shop', driver: 'grpc', configFile: 'x' });",
    "for await (const work of source.follow({ cluster: 'c', name: 'n' })) { const seen: DeliveredWork = work; void seen; }",
    '// @ts-expect-error there is no such driver',
    "await openWorkSource({ id: 'shop', driver: 'kafka', configFile: 'x' });",
  ];
  await writeFile(join(directory, 'program.ts'), lines.join('\n'));
  const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--types', '', 'program.ts'];
  const { stdout } = await run(tsc, options, { cwd: directory }).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});
