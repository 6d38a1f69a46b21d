import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { temporaryDirectory } from '../../test/certificate-files.ts';
import { httpsGet } from '../../test/https-get.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { openProcessServer, type ProcessServerOptions } from './process-server.ts';

const LOCAL = { listen: '127.0.0.1:0', tlsMinVersion: undefined, tlsCipherSuites: [], servingConfigFile: undefined };

function options(config: Partial<ProcessServerOptions['config']> = {}): ProcessServerOptions {
  return {
    config: { ...LOCAL, ...config },
    health: [{ name: 'ping', check: () => undefined }],
    metrics: {
      source: { contentType: 'text/plain', metrics: () => Promise.resolve('up 1\n') },
      guard: ({ token }) =>
        Promise.resolve(token === 'reader' ? 'allowed' : token === undefined ? 'unauthenticated' : 'forbidden'),
    },
    clock: systemClock,
    log: recordedLog().log,
    certificateDirectory: '/nowhere',
  };
}

test('health is open, metrics want a token that may read them', async () => {
  await using server = await openProcessServer(options());
  const get = (path: string, authorization?: string) =>
    httpsGet(server.port, path, authorization === undefined ? {} : { headers: { authorization } });
  expect((await get('/healthz?verbose')).body).toBe('[+]ping ok\nhealthz check passed\n');
  expect((await get('/metrics')).status).toBe(401);
  expect((await get('/metrics', 'Bearer other')).status).toBe(403);
  expect(await get('/metrics', 'Bearer reader')).toMatchObject({ status: 200, body: 'up 1\n' });
});

test('a --config file decides about TLS, whatever the flags say', async () => {
  await using directory = await temporaryDirectory();
  const servingConfigFile = join(directory.path, 'config.yaml');
  await writeFile(servingConfigFile, 'servingInfo: {minTLSVersion: VersionTLS13}');
  await using server = await openProcessServer(options({ servingConfigFile, tlsMinVersion: 'VersionTLS12' }));
  await expect(httpsGet(server.port, '/healthz', { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i);
});

test('a --config file that says nothing about TLS switches off the flags all the same', async () => {
  await using directory = await temporaryDirectory();
  const servingConfigFile = join(directory.path, 'config.yaml');
  await writeFile(servingConfigFile, 'kind: GenericOperatorConfig');
  await using server = await openProcessServer(options({ servingConfigFile, tlsMinVersion: 'VersionTLS13' }));
  expect(await httpsGet(server.port, '/healthz', { maxVersion: 'TLSv1.2' })).toMatchObject({ status: 200 });
});

test.each([
  [{ listen: 'nowhere' }, '--listen must be host:port, got "nowhere"'],
  [{ tlsCipherSuites: ['X'] }, 'the TLS cipher suites must hold IANA names'],
  [{ servingConfigFile: '/nowhere.yaml' }, 'cannot read the file of --config'],
])('%j is refused', async (config, message) => {
  await expect(openProcessServer(options(config))).rejects.toThrow(message);
});
