import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../test/temporary-directory.ts';
import { assetsDirectory, locateKubeAssets } from './locate.ts';

async function fill(directory: string, names: readonly string[], mode = 0o755): Promise<void> {
  await mkdir(directory, { recursive: true });
  await Promise.all(names.map((name) => writeFile(join(directory, name), name, { mode })));
}

const binaries = ['etcd', 'kube-apiserver'] as const;

test('the directory of the variable comes before the cache', async () => {
  await using temporary = await temporaryDirectory();
  const named = join(temporary.path, 'named');
  const cacheDir = join(temporary.path, 'cache');
  await fill(named, binaries);
  await fill(assetsDirectory({}, cacheDir), binaries);
  const located = await locateKubeAssets({ binaries, env: { OCM_KUBE_ASSETS: named }, cacheDir });
  expect(located).toEqual({
    kind: 'found',
    assets: {
      directory: named,
      source: 'environment',
      paths: { etcd: join(named, 'etcd'), 'kube-apiserver': join(named, 'kube-apiserver') },
    },
  });
});

test('a directory of the variable that lacks a binary is an error that names it', async () => {
  await using temporary = await temporaryDirectory();
  await fill(temporary.path, ['etcd']);
  const env = { OCM_KUBE_ASSETS: temporary.path };
  await expect(locateKubeAssets({ binaries, env })).rejects.toThrow(/OCM_KUBE_ASSETS=.* no executable kube-apiserver/);
});

test('a file that cannot be executed does not count', async () => {
  await using temporary = await temporaryDirectory();
  await fill(temporary.path, binaries, 0o644);
  const env = { OCM_KUBE_ASSETS: temporary.path };
  await expect(locateKubeAssets({ binaries, env })).rejects.toThrow('no executable etcd, kube-apiserver');
});

test('the cache is found below XDG_CACHE_HOME', async () => {
  await using temporary = await temporaryDirectory();
  const env = { XDG_CACHE_HOME: temporary.path, OCM_KUBE_ASSETS: '' };
  const directory = assetsDirectory(env);
  await fill(directory, binaries);
  expect(await locateKubeAssets({ binaries, env })).toMatchObject({ assets: { directory, source: 'cache' } });
});

test('a cache that lacks a binary is no error', async () => {
  await using temporary = await temporaryDirectory();
  const cacheDir = temporary.path;
  await fill(assetsDirectory({}, cacheDir), ['etcd']);
  expect(await locateKubeAssets({ binaries, env: {}, cacheDir })).toEqual({
    kind: 'missing',
    directory: assetsDirectory({}, cacheDir),
  });
});

test('a relative XDG_CACHE_HOME is ignored', () => {
  expect(assetsDirectory({ XDG_CACHE_HOME: 'here' })).toBe(assetsDirectory({}));
});
