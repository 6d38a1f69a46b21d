import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readHubDirectory, writeFiles } from './hub-directory.ts';
import { dumpSecret } from './secret-to-files-controller.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hub-directory-'));
});
afterEach(() => rm(root, { recursive: true }));

const secret = (data: Record<string, string>): Parameters<typeof dumpSecret>[0] => ({
  metadata: { name: 's', namespace: 'n' },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

test('a secret becomes files that only their owner may read', async () => {
  const directory = join(root, 'hub');
  await expect(dumpSecret(secret({ 'tls.key': 'k', 'cluster-name': 'c1' }), directory)).resolves.toHaveLength(2);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, 'tls.key'))).mode & 0o777).toBe(0o600);
  await expect(readHubDirectory(directory)).resolves.toEqual({ 'tls.key': 'k', 'cluster-name': 'c1' });
});

test('an unchanged secret writes nothing, and files of removed keys stay', async () => {
  await dumpSecret(secret({ 'tls.crt': '1', 'tls.key': '2' }), root);
  await expect(dumpSecret(secret({ 'tls.crt': '1' }), root)).resolves.toEqual([]);
  await expect(readHubDirectory(root)).resolves.toEqual({ 'tls.crt': '1', 'tls.key': '2' });
});

test('no secret and no directory are no error', async () => {
  await expect(dumpSecret(undefined, join(root, 'none'))).resolves.toEqual([]);
  await expect(readHubDirectory(join(root, 'none'))).resolves.toEqual({});
});

test('a directory that is none is named with its flag', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(readHubDirectory(join(root, 'file'))).rejects.toThrow(
    /file\/[a-z.-]+, in the directory of --hub-kubeconfig-dir$/,
  );
});

test('what a killed predecessor left half-written does not matter', async () => {
  await writeFile(join(root, 'tls.key.next'), 'half', { mode: 0o644 });
  await writeFiles(root, new Map([['tls.key', Buffer.from('whole')]]));
  await expect(readFile(join(root, 'tls.key'), 'utf8')).resolves.toBe('whole');
  expect((await stat(join(root, 'tls.key'))).mode & 0o777).toBe(0o600);
  await expect(readdir(root)).resolves.toEqual(['tls.key']);
});
