import { beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { systemClock } from '@ocm/kube';
import { createCertificateAuthority } from '@ocm/pki';
import { askGrpcServer, dataTypes, type GrpcAnswer, type LoadedClientConfig, loadClientConfig } from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { createTestPki, startGrpcServer, type TestPki, type TestServer } from './grpc-server.ts';

describe('what a gRPC server says to a client that asks', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  async function ask(
    prepare: (server: TestServer) => void = () => undefined,
    over: (config: LoadedClientConfig) => LoadedClientConfig | Promise<LoadedClientConfig> = (config) => config,
  ): Promise<{ answer: GrpcAnswer; server: TestServer }> {
    await using server = await startGrpcServer(pki);
    prepare(server);
    await using files = await clientFiles(pki, { port: server.port, pair: await pki.client('agent1') });
    const config = await over(await loadClientConfig(files.configPath));
    const subscription = { dataType: dataTypes.managedCluster, clusterName: 'cluster1', source: '' };
    const { signal } = new AbortController();
    return { answer: await askGrpcServer(config, { subscription, clock: systemClock, signal }), server };
  }

  test('a client that is let in leaves nothing behind', async () => {
    const { answer, server } = await ask();
    expect(answer).toEqual({ kind: 'accepted' });
    expect(server.users).toEqual(new Set(['agent1']));
    expect(server.published).toEqual([]);
  });

  test.each([
    { code: status.UNAUTHENTICATED, kind: 'unauthenticated' },
    { code: status.PERMISSION_DENIED, kind: 'denied' },
    { code: status.UNAVAILABLE, kind: 'unavailable' },
    { code: status.INTERNAL, kind: 'unavailable' },
  ])('a refusal with code $code means $kind', async ({ code, kind }) => {
    const { answer } = await ask(({ behaviour }) => (behaviour.admit = () => ({ code, details: 'because' })));
    expect(answer).toMatchObject({ kind, problem: expect.stringContaining('because') });
  });

  test('a server that another authority has signed for is not trusted', async () => {
    const other = await createCertificateAuthority({ commonName: 'other', validityMs: 3_600_000, now: new Date() });
    const { answer } = await ask(undefined, (config) => ({ ...config, ca: other.certificatePem }));
    expect(answer).toMatchObject({ kind: 'untrusted' });
  });

  test('a server that hangs up on the certificate says nothing', async () => {
    const other = await createTestPki();
    const keyPair = await other.client('agent1');
    const { answer } = await ask(undefined, (config) => ({ ...config, keyPair }));
    expect(answer).toMatchObject({ kind: 'unavailable' });
  });

  test('nobody there is unavailable, too', async () => {
    const { answer } = await ask(undefined, (config) => ({
      ...config,
      config: { ...config.config, url: '127.0.0.1:1' },
    }));
    expect(answer).toMatchObject({ kind: 'unavailable', problem: expect.stringContaining('ECONNREFUSED') });
  });
});
