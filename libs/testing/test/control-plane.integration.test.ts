import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { launchApiServer } from '../src/api-server.ts';
import { createControlPlanePki } from '../src/control-plane-files.ts';
import { PortTakenError } from '../src/free-port.ts';
import { jsonClient } from '../src/json-request.ts';
import {
  aCSR,
  type ControlPlane,
  type Identity,
  startControlPlane,
  startEtcd,
  startSupervisor,
  until,
} from '../src/index.ts';

async function clientOf(cp: ControlPlane, identity: Exclude<Identity, string | { token: string }>) {
  const { certificatePem, privateKeyPem } = await cp.clientCertificate(identity);
  return jsonClient(cp.url, { ca: cp.caPem, cert: certificatePem, key: privateKeyPem });
}

const admin = (cp: ControlPlane) => clientOf(cp, { user: 'test', groups: ['system:masters'] });

describe('a control plane with controllers and audit', () => {
  let cp: ControlPlane;
  beforeAll(async () => {
    cp = await startControlPlane({ controllerManager: true, audit: true });
  });
  afterAll(() => cp.stop());

  test('answers with the stamped version', async () => {
    const request = await admin(cp);
    expect(await request('GET', '/version')).toMatchObject({ status: 200, body: { gitVersion: 'v1.35.4' } });
  });

  test('knows the user and the groups of a client certificate', async () => {
    const request = await clientOf(cp, { user: 'jane', groups: ['readers', 'writers'] });
    const { body } = await request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
    });
    expect(body).toMatchObject({
      status: { userInfo: { username: 'jane', groups: ['readers', 'writers', 'system:authenticated'] } },
    });
    expect((await request('GET', '/api/v1/namespaces/default/secrets')).status).toBe(403);
  });

  test('refuses an expired client certificate', async () => {
    const request = await clientOf(cp, { user: 'late', groups: ['system:masters'], lifetimeMs: -1000 });
    expect((await request('GET', '/api/v1/namespaces')).status).toBe(401);
  });

  test('takes a bootstrap token from a kubeconfig', async () => {
    const request = await admin(cp);
    const token = { id: 'abcdef', secret: '0123456789abcdef' };
    await request('POST', '/api/v1/namespaces/kube-system/secrets', {
      metadata: { name: `bootstrap-token-${token.id}` },
      type: 'bootstrap.kubernetes.io/token',
      stringData: { 'token-id': token.id, 'token-secret': token.secret, 'usage-bootstrap-authentication': 'true' },
    });
    const config = parse(await cp.kubeconfig({ token: `${token.id}.${token.secret}` })) as {
      clusters: { cluster: { server: string } }[];
      users: { user: { token: string } }[];
    };
    const answer = async (): Promise<string> => {
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };
      const spec = { token: config.users[0]?.user.token };
      const { body } = await request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { ...review, spec });
      return (body as { status: { user?: { username?: string } } }).status.user?.username ?? '';
    };
    expect(config.clusters[0]?.cluster.server).toBe(cp.url);
    // The authenticator looks tokens up in a cache that follows the Secret by a few milliseconds.
    expect(await until(answer, { describe: 'the token is known' })).toBe('system:bootstrap:abcdef');
  });

  test('writes a kubeconfig for the administrator', async () => {
    const config = parse(await readFile(cp.adminKubeconfigPath, 'utf8')) as { users: { user: object }[] };
    expect(Object.keys(config.users[0]?.user ?? {})).toEqual(['client-certificate-data', 'client-key-data']);
  });

  test('deletes a namespace to the end and collects what an owner leaves behind', async () => {
    const request = await admin(cp);
    await request('POST', '/api/v1/namespaces', { metadata: { name: 'gone' } });
    const owner = await request('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'owner' } });
    const { uid } = (owner.body as { metadata: { uid: string } }).metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    await request('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'owned', ownerReferences } });
    await request('DELETE', '/api/v1/namespaces/gone');
    await request('DELETE', '/api/v1/namespaces/default/configmaps/owner');
    const gone = async (path: string): Promise<boolean> => (await request('GET', path)).status === 404;
    await until(() => gone('/api/v1/namespaces/gone'), { describe: 'the namespace is gone' });
    await until(() => gone('/api/v1/namespaces/default/configmaps/owned'), { describe: 'the dependant is gone' });
  });

  test('signs an approved request for a client certificate', async () => {
    const request = await admin(cp);
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const created = await request('POST', path, aCSR({ name: 'ours', commonName: 'jane', expirationSeconds: 600 }));
    const condition = { type: 'Approved', status: 'True', reason: 'Test', message: 'approved' };
    const approved = { ...(created.body as object), status: { conditions: [condition] } };
    expect((await request('PUT', `${path}/ours/approval`, approved)).status).toBe(200);
    const certificate = await until(
      async () => {
        const { body } = await request('GET', `${path}/ours`);
        return (body as { status: { certificate?: string } }).status.certificate;
      },
      { describe: 'the certificate is issued' },
    );
    const { subject, validFromDate, validToDate } = new X509Certificate(Buffer.from(certificate, 'base64'));
    expect(subject).toBe('CN=jane');
    // The signer backdates by five minutes.
    expect(validToDate.getTime() - validFromDate.getTime()).toBeLessThanOrEqual(900_000);
  });

  test('tells from the audit log who asked for what', async () => {
    const request = await clientOf(cp, { user: 'auditee' });
    await request('GET', '/api/v1/namespaces/default/configmaps/some');
    const entries = async () => (await cp.readAudit()).filter((entry) => entry.user === 'auditee');
    await until(async () => (await entries()).length > 0, { describe: 'the request is in the log' });
    expect(await entries()).toMatchObject([
      { verb: 'get', code: 403, object: { group: '', resource: 'configmaps', namespace: 'default', name: 'some' } },
    ]);
  });
});

test('an API server that is killed comes back on the same port with its objects', async () => {
  await using cp = await startControlPlane({ crds: false });
  const request = await admin(cp);
  await request('POST', '/api/v1/namespaces', { metadata: { name: 'kept' } });
  await cp.stopApiServer();
  await expect(request('GET', '/readyz')).rejects.toThrow();
  await cp.startApiServer();
  expect((await request('GET', '/api/v1/namespaces/kept')).status).toBe(200);
});

test('a frozen API server gives no answer until it is thawed', async () => {
  await using cp = await startControlPlane({ crds: false });
  const request = await admin(cp);
  await cp.freezeApiServer();
  let answered = false;
  const answer = request('GET', '/readyz').then(({ status }) => {
    answered = true;
    return status;
  });
  await new Promise((resolve) => setTimeout(resolve, 300)); // an absence cannot be waited for
  expect(answered).toBe(false);
  cp.thawApiServer();
  expect(await answer).toBe(200);
});

test('control planes that share an etcd do not see each other', async () => {
  await using etcd = await startEtcd();
  const options = { etcd, crds: false };
  const [one, two] = await Promise.all([startControlPlane(options), startControlPlane(options)]);
  await using _one = one;
  await using _two = two;
  const [first, second] = await Promise.all([admin(one), admin(two)]);
  await first('POST', '/api/v1/namespaces', { metadata: { name: 'mine' } });
  expect((await first('GET', '/api/v1/namespaces/mine')).status).toBe(200);
  expect((await second('GET', '/api/v1/namespaces/mine')).status).toBe(404);
});

test('a flag that the API server does not know makes the start fail with its log', async () => {
  await expect(startControlPlane({ apiServerFlags: ['--no-such-flag'] })).rejects.toThrow(
    'unknown flag: --no-such-flag',
  );
});

test('an API server whose port is taken says so, so that another port is tried', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await using etcd = await startEtcd();
  const supervisor = startSupervisor();
  const directory = await supervisor.makeDirectory('ocm-test-');
  const pki = await createControlPlanePki(directory);
  const options = { supervisor, directory, pki, port, etcdUrl: etcd.url, etcdPrefix: '/registry', extraFlags: [] };
  const server = await launchApiServer(options);
  await expect(server.ready()).rejects.toBeInstanceOf(PortTakenError);
  await supervisor.stop();
  other.close();
});
