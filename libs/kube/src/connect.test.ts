import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerHttp2Stream } from 'node:http2';
import { ConfigMap } from '@ocm/api';
import { until } from '@ocm/testing';
import { manualClock } from '../test/manual-clock.ts';
import { recordingLogger } from '../test/recording-logger.ts';
import { kubeconfigFor, startScriptedServer } from '../test/scripted-server.ts';
import { createTestPki, type TestPki } from '../test/tls-server.ts';
import type { ConnectOptions, KubeClient } from './client.ts';
import { connect } from './connect.ts';
import { kubeconfigFile } from './kubeconfig/source.ts';

const A = { namespace: 'default', name: 'a' };
const RELOAD_MS = 60_000;
const { signal } = new AbortController();
let pki: TestPki;
let directory: string;
let ended = new AbortController();
beforeAll(async () => {
  pki = await createTestPki();
  directory = await mkdtemp(join(tmpdir(), 'kube-connect-'));
});
afterEach(() => {
  ended.abort(new Error('the test is over'));
  ended = new AbortController();
});
afterAll(() => rm(directory, { recursive: true }));

function connectTo(server: URL, options: Partial<ConnectOptions> & { user?: object } = {}): Promise<KubeClient> {
  const { user = {}, ...rest } = options;
  const source = { kind: 'text', text: kubeconfigFor(server, pki, user), directory } as const;
  return connect(source, { userAgent: 'test', signal: ended.signal, ...rest });
}

/** Files of a new certificate for the user, in place of the old one. */
async function writePair(name: string, user: string): Promise<{ clientCertificate: string; clientKey: string }> {
  const { certificatePem, privateKeyPem } = await pki.client(user);
  const files = { clientCertificate: join(directory, `${name}.crt`), clientKey: join(directory, `${name}.key`) };
  await Promise.all([writeFile(files.clientCertificate, certificatePem), writeFile(files.clientKey, privateKeyPem)]);
  return files;
}

function openWatch(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  stream.write('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}\n');
}

describe('connect', () => {
  test('[work 5.1] sends user agent and credentials as given, and no field manager that was not asked for', async () => {
    await using server = await startScriptedServer(pki, () => ({}));
    const user = { token: 's3cret', as: 'jane', asGroups: ['a', 'b'] };
    const client = await connectTo(server.url, { userAgent: 'work-agent', user });
    await client.kind(ConfigMap).mergePatch(A, {}, { signal });
    await client.kind(ConfigMap).mergePatch(A, {}, { fieldManager: 'me', dryRun: true, impersonate: 'joe', signal });
    const [plain, asked] = server.requests;
    expect(plain).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/configmaps/a',
      headers: {
        'user-agent': 'work-agent',
        authorization: 'Bearer s3cret',
        accept: 'application/json',
        'content-type': 'application/merge-patch+json',
        'impersonate-user': 'jane',
        'impersonate-group': 'a, b',
      },
    });
    expect(asked?.path).toBe('/api/v1/namespaces/default/configmaps/a?fieldManager=me&dryRun=All');
    expect(asked?.headers['impersonate-user']).toBe('joe');
  });

  test('[work 5.2] gives the server as it is written', async () => {
    const text = kubeconfigFor(new URL('https://hub'), pki).replace('https://hub', 'https://HUB:443/');
    const client = await connect({ kind: 'text', text, directory }, { userAgent: 'test', signal: ended.signal });
    expect(client.server).toBe('https://HUB:443/');
  });

  test('does not need the server, but a kubeconfig', async () => {
    await connectTo(new URL('https://127.0.0.1:1'));
    const options = { userAgent: 'test', signal: ended.signal };
    await expect(connect(kubeconfigFile(join(directory, 'nix')), options)).rejects.toMatchObject({ code: 'config' });
    await expect(connectTo(new URL('https://127.0.0.1:1'), { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  test('raw requests keep their headers and body; statuses are answers', async () => {
    await using server = await startScriptedServer(pki, () => ({
      status: 500,
      headers: { 'x-a': 'b' },
      body: 'not well',
    }));
    const client = await connectTo(server.url);
    const headers = { Accept: 'text/plain', 'Content-Type': 'application/json-patch+json' };
    const answer = await client.request({ method: 'PATCH', path: '/livez?verbose', headers, body: [1], signal });
    expect(answer).toMatchObject({ status: 500, headers: { 'x-a': 'b' }, body: 'not well' });
    expect(server.requests[0]).toMatchObject({
      path: '/livez?verbose',
      body: '[1]',
      headers: { accept: 'text/plain', 'content-type': 'application/json-patch+json' },
    });
  });

  test('version', async () => {
    await using server = await startScriptedServer(pki, () => ({ body: { gitVersion: 'v1.35.4' } }));
    expect(await (await connectTo(server.url)).version({ signal })).toBe('v1.35.4');
    await using broken = await startScriptedServer(pki, () => ({ status: 403, body: 'no' }));
    await expect((await connectTo(broken.url)).version({ signal })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('credentials on disk', () => {
  test('[registration 5.3] a new certificate takes over: streams end and come back with it', async () => {
    await using server = await startScriptedServer(pki, ({ path }) => (path.includes('watch=1') ? openWatch : {}));
    const user = await writePair('rotated', 'old');
    const clock = manualClock();
    const client = await connectTo(server.url, { user, clock, credentialReloadMs: RELOAD_MS });
    const configMaps = client.kind(ConfigMap);
    const watch = configMaps.watch({ resourceVersion: '1', signal })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toEqual({ type: 'BOOKMARK', resourceVersion: '5' });
    await writePair('rotated', 'new');
    const end = watch.next();
    await clock.advance(RELOAD_MS);
    // It ends as if the server had ended it: nothing went wrong.
    expect(await end).toEqual({ done: true, value: undefined });
    await configMaps.get(A, { signal });
    await until(() => server.sessions[0]?.destroyed, { describe: 'the old connection is closed' });
    expect(server.requests.map((request) => request.user)).toEqual(['old', 'new']);
  });

  test('new files are taken at once when somebody says that they are there', async () => {
    await using server = await startScriptedServer(pki, () => ({}));
    const user = await writePair('told', 'old');
    const client = await connectTo(server.url, { user, clock: manualClock(), credentialReloadMs: RELOAD_MS });
    await client.kind(ConfigMap).get(A, { signal });
    await writePair('told', 'new');
    await client.reloadCredential();
    await client.kind(ConfigMap).get(A, { signal });
    expect(server.requests.map((request) => request.user)).toEqual(['old', 'new']);
  });

  test('a half-written pair is not used, the last one stays, and that is said once', async () => {
    await using server = await startScriptedServer(pki, () => ({}));
    const user = await writePair('half', 'old');
    const clock = manualClock();
    const log = recordingLogger();
    const client = await connectTo(server.url, { user, clock, log, credentialReloadMs: RELOAD_MS });
    const { certificatePem } = await pki.client('new');
    await writeFile(user.clientCertificate, certificatePem);
    await clock.advance(RELOAD_MS);
    await until(() => log.lines.length === 1, { describe: 'the problem is logged' });
    await until(() => clock.timers === 1, { describe: 'the next look is planned' });
    await clock.advance(RELOAD_MS);
    await until(() => clock.timers === 1, { describe: 'the next look is planned' });
    await client.kind(ConfigMap).get(A, { signal });
    expect(server.requests[0]?.user).toBe('old');
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({ level: 'warn' });
    expect(JSON.stringify(log.lines)).not.toContain('PRIVATE KEY');
  });

  test('a new token is used for the next request on the same connection', async () => {
    await using server = await startScriptedServer(pki, () => ({}));
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 'one');
    const clock = manualClock();
    const client = await connectTo(server.url, { user: { tokenFile }, clock, credentialReloadMs: RELOAD_MS });
    await client.kind(ConfigMap).get(A, { signal });
    await writeFile(tokenFile, 'two');
    await clock.advance(RELOAD_MS);
    await until(
      async () => {
        await client.kind(ConfigMap).get(A, { signal });
        return server.requests.at(-1)?.headers.authorization === 'Bearer two';
      },
      { describe: 'the new token is used' },
    );
    expect(server.requests[0]?.headers.authorization).toBe('Bearer one');
    expect(server.sessions).toHaveLength(1);
  });

  test('a refused credential is looked up at once, and the request repeated with the new one', async () => {
    await using server = await startScriptedServer(pki, ({ headers }) => ({
      status: headers.authorization === 'Bearer two' ? 200 : 401,
    }));
    const tokenFile = join(directory, 'refused');
    await writeFile(tokenFile, 'one');
    const client = await connectTo(server.url, { user: { tokenFile } });
    await writeFile(tokenFile, 'two');
    await client.kind(ConfigMap).mergePatch(A, {}, { signal });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });

  test('a server that refuses everything does not make us read files for every request', async () => {
    await using server = await startScriptedServer(pki, () => ({ status: 401 }));
    const tokenFile = join(directory, 'unknown');
    await writeFile(tokenFile, 'one');
    const client = await connectTo(server.url, { user: { tokenFile } });
    for (const token of ['two', 'three', 'four']) {
      await writeFile(tokenFile, token);
      await expect(client.kind(ConfigMap).get(A, { signal })).rejects.toMatchObject({ code: 'unauthorized' });
    }
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer one', 'Bearer two', 'Bearer two', 'Bearer two']);
  });

  test('the kubeconfig itself is read again, but another server is another client', async () => {
    await using server = await startScriptedServer(pki, () => ({}));
    const path = join(directory, 'kubeconfig');
    await writeFile(path, kubeconfigFor(server.url, pki, { token: 'one' }));
    const clock = manualClock();
    const log = recordingLogger();
    const options = { userAgent: 'test', signal: ended.signal, clock, log, credentialReloadMs: RELOAD_MS };
    const client = await connect(kubeconfigFile(path), options);
    await writeFile(path, kubeconfigFor(server.url, pki, { token: 'two' }));
    await clock.advance(RELOAD_MS);
    await until(
      async () => {
        await client.kind(ConfigMap).get(A, { signal });
        return server.requests.at(-1)?.headers.authorization === 'Bearer two';
      },
      { describe: 'the new token is used' },
    );
    await writeFile(path, kubeconfigFor(new URL('https://other'), pki, { token: 'three' }));
    await clock.advance(RELOAD_MS);
    await until(() => log.lines.length === 1, { describe: 'the change is logged' });
    await client.kind(ConfigMap).get(A, { signal });
    expect(client.server).toBe(server.url.origin);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer two');
  });

  test('an expired certificate is named when the server refuses', async () => {
    await using server = await startScriptedServer(pki, () => ({ status: 401, body: 'Unauthorized' }));
    const { certificatePem, privateKeyPem } = await pki.client('me', -3_600_000);
    const user = {
      clientCertificateData: Buffer.from(certificatePem).toString('base64'),
      clientKeyData: Buffer.from(privateKeyPem).toString('base64'),
    };
    const client = await connectTo(server.url, { user });
    await expect(client.kind(ConfigMap).get(A, { signal })).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/401: Unauthorized \(the client certificate expired at 20\d\d-/),
    });
  });
});
