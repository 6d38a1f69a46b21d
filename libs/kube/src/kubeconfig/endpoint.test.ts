import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyAndCertificate } from '@ocm/pki';
import { createTestPki } from '../../test/tls-server.ts';
import { type Endpoint, resolveEndpoint, sameConnection } from './endpoint.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import { PluginCredentials } from './plugin-credential.ts';
import { loadContext } from './source.ts';

let directory: string;
let ca: string;
let pair: KeyAndCertificate;
let otherKey: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kube-endpoint-'));
  const pki = await createTestPki();
  ca = pki.ca.certificatePem;
  pair = await pki.client('me');
  otherKey = (await pki.client('you')).privateKeyPem;
  await writeFile(join(directory, 'ca.crt'), ca);
  await writeFile(join(directory, 'tls.crt'), pair.certificatePem);
  await writeFile(join(directory, 'tls.key'), pair.privateKeyPem);
  await writeFile(join(directory, 'other.key'), otherKey);
  await writeFile(join(directory, 'token'), 'from-file\n');
  await writeFile(join(directory, 'empty'), '\n');
});
afterAll(() => rm(directory, { recursive: true }));

function resolve({
  cluster = {},
  user = {},
}: {
  cluster?: Partial<KubeconfigCluster>;
  user?: KubeconfigUser;
}): Promise<Endpoint> {
  const context = {
    contextName: 'x',
    clusterName: 'hub',
    cluster: { server: 'https://hub:6443', ...cluster },
    user,
    directory,
    origin: '/etc/hub/kubeconfig',
  };
  return resolveEndpoint(context, { plugins: new PluginCredentials(), proxy: undefined });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('resolveEndpoint', () => {
  test('reads files relative to the kubeconfig', async () => {
    const endpoint = await resolve({
      cluster: { certificateAuthority: 'ca.crt' },
      user: { clientCertificate: 'tls.crt', clientKey: join(directory, 'tls.key') },
    });
    expect(endpoint.tls).toMatchObject({ ca, cert: pair.certificatePem, key: pair.privateKeyPem, insecure: false });
    expect(endpoint.certificateExpires?.getTime()).toBeGreaterThan(Date.now());
  });

  test('data wins over files', async () => {
    const endpoint = await resolve({
      cluster: { certificateAuthority: 'missing', certificateAuthorityData: base64(ca) },
      user: {
        clientCertificate: 'missing',
        clientCertificateData: base64(pair.certificatePem),
        clientKeyData: base64(pair.privateKeyPem),
      },
    });
    expect(endpoint.tls).toMatchObject({ ca, cert: pair.certificatePem, key: pair.privateKeyPem });
  });

  test.each([
    { user: { token: 't' }, headers: { authorization: 'Bearer t' } },
    { user: { token: 't', tokenFile: 'token' }, headers: { authorization: 'Bearer from-file' } },
    { user: { username: 'u', password: 'p' }, headers: { authorization: `Basic ${base64('u:p')}` } },
    {
      user: { as: 'jane', asUid: '7', asGroups: ['a', 'b'] },
      headers: { 'impersonate-user': 'jane', 'impersonate-uid': '7', 'impersonate-group': ['a', 'b'] },
    },
    { user: {}, headers: {} },
  ])('$user becomes $headers', async ({ user, headers }) => {
    expect((await resolve({ user })).headers).toEqual(headers);
  });

  test('http:// has no TLS, whatever else is there', async () => {
    expect(
      (await resolve({ cluster: { server: 'http://localhost:8001', certificateAuthority: 'ca.crt' } })).tls,
    ).toBeUndefined();
  });

  test('a program gives token and certificate; a relative path to it starts at the kubeconfig', async () => {
    const status = { token: 'printed', clientCertificateData: pair.certificatePem, clientKeyData: pair.privateKeyPem };
    const credential = JSON.stringify({ kind: 'ExecCredential', status });
    const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" > "$1"\ncat <<'END'\n${credential}\nEND\n`;
    await writeFile(join(directory, 'plugin.sh'), script, { mode: 0o700 });
    const info = join(directory, 'info');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const endpoint = await resolve({ user: { exec: { apiVersion, command: './plugin.sh', args: [info] } } });
    expect(endpoint.headers).toEqual({ authorization: 'Bearer printed' });
    expect(endpoint.tls).toMatchObject({ cert: pair.certificatePem, key: pair.privateKeyPem });
    expect(JSON.parse(await readFile(info, 'utf8'))).toEqual({
      apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false },
    });
  });

  test('an auth provider gives a token', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 3600 })).toString('base64url');
    const token = `e30.${claims}.c2ln`;
    const endpoint = await resolve({ user: { authProvider: { name: 'oidc', config: { 'id-token': token } } } });
    expect(endpoint.headers).toEqual({ authorization: `Bearer ${token}` });
  });

  test.each([
    {
      cluster: { server: 'hub:6443' },
      message: 'clusters[hub].cluster.server: "hub:6443" is not allowed; it must start with https:// or http://',
    },
    { cluster: { certificateAuthority: 'nix.crt' }, message: /certificate-authority .*\/nix\.crt: ENOENT/ },
    { cluster: { certificateAuthority: 'token' }, message: 'certificate-authority: token is not a PEM file' },
    { cluster: { certificateAuthorityData: 'bm9uZQ==' }, message: 'certificate-authority-data: must be PEM in base64' },
    { cluster: { proxyUrl: 'socks5://x' }, message: /proxy-url: scheme socks5 is not supported/ },
    { user: { clientCertificate: 'tls.crt' }, message: 'client-certificate without client-key' },
    { user: { clientKey: 'tls.key' }, message: 'client-key without client-certificate' },
    {
      user: { clientCertificate: 'tls.crt', clientKey: 'other.key' },
      message: 'client-key does not belong to client-certificate',
    },
    { user: { tokenFile: 'empty' }, message: 'tokenFile: empty is empty' },
    { user: { exec: { command: '/nix/plugin' } }, message: /exec: no credential: .*ENOENT/ },
  ])('refuses $cluster $user', async ({ message, ...given }) => {
    const error: unknown = await resolve(given).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'config' });
    const text = (error as Error).message;
    expect(text).toMatch(/\/etc\/hub\/kubeconfig/);
    if (typeof message === 'string') expect(text).toBe(`/etc/hub/kubeconfig: ${message}`);
    else expect(text).toMatch(message);
  });
});

test('another token can use the same connection, another certificate cannot', async () => {
  const one = await resolve({ user: { token: 'a' } });
  expect(sameConnection(one, await resolve({ user: { token: 'b' } }))).toBe(true);
  const user = { clientCertificate: 'tls.crt', clientKey: 'tls.key' };
  expect(sameConnection(one, await resolve({ user }))).toBe(false);
  expect(sameConnection(one, await resolve({ cluster: { certificateAuthority: 'ca.crt' } }))).toBe(false);
});

describe('loadContext', () => {
  test('of a file names the file in errors and resolves against its directory', async () => {
    const path = join(directory, 'kubeconfig');
    await writeFile(path, 'clusters: 5');
    await expect(loadContext({ kind: 'file', path })).rejects.toThrow(`${path}: clusters: must be a list, is a number`);
    await expect(loadContext({ kind: 'file', path: join(directory, 'nix') })).rejects.toThrow(
      /cannot read kubeconfig .*nix: ENOENT/,
    );
    await writeFile(path, Buffer.alloc(4 * 1024 * 1024));
    await expect(loadContext({ kind: 'file', path })).rejects.toThrow(/4194304 bytes, allowed are/);
  });

  test('in the cluster is the service account, whose files may be elsewhere', async () => {
    const context = await loadContext({ kind: 'in-cluster', host: 'fd00::1', port: '443', directory });
    expect(context.cluster.server).toBe('https://[fd00::1]:443');
    const endpoint = await resolveEndpoint(context, { plugins: new PluginCredentials(), proxy: undefined });
    expect(endpoint.headers).toEqual({ authorization: 'Bearer from-file' });
    expect(endpoint.tls?.ca).toBe(ca);
  });
});
