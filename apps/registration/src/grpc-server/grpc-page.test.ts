import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { serverConfigKeys } from './config/server-config.ts';
import { createGrpcMetrics } from './grpc-metrics.ts';

const page = await readFile(new URL('../../../../docs/grpc.md', import.meta.url), 'utf8');
const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

test.each(Object.entries(serverConfigKeys))('the page names key %s and its default', (name, key) => {
  const row = rows.find(([, cell]) => cell === `\`${name}\``);
  const value = 'default' in key ? String(key.default) : 'absent';
  expect(row?.[2]).toContain(value === '' ? 'empty' : value);
  if ('hasEffect' in key) expect(row?.[3]).toContain('no effect');
});

test('the page names all metrics, and no others', async () => {
  const served = (await createGrpcMetrics().source.metrics()).matchAll(/^# TYPE (\S+)/gm);
  const named = page.matchAll(/`(grpc_server_\w+)`/g);
  expect(new Set([...named].map(([, name]) => name))).toEqual(new Set([...served].map(([, name]) => name)));
});
