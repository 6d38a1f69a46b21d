import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { connect, isKubeError, kubeconfigFile, type KubeClient, systemClock } from '@ocm/kube';
import {
  type CertificateAuthority,
  type CertificateTemplate,
  createCertificateAuthority,
  issueKeyAndCertificate,
} from '@ocm/pki';
import { type ControlPlane, startControlPlane, until } from '@ocm/testing';
import { type Listener, tlsSettings } from '../src/index.ts';
import { type AdmissionHandler, admissionWebhook, createWebhookMetrics, serveWebhooks } from '../src/webhooks.ts';
import { temporaryDirectory, writeCertificate } from './certificate-files.ts';
import { httpsGet } from './https-get.ts';
import { recordedLog } from './recorded-log.ts';

const HOUR_MS = 3_600_000;
const stop = new AbortController();
const { signal } = stop;
const { log } = recordedLog();
let controlPlane: ControlPlane;
let client: KubeClient;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: Listener;
let authority: CertificateAuthority;

const validate: AdmissionHandler = ({ object, userInfo }) => {
  if (object?.metadata.labels?.['refuse'] === undefined) return { kind: 'allow' };
  return { kind: 'deny', code: 403, message: `user "${userInfo.username}" cannot do that` };
};

const mutate: AdmissionHandler = ({ object }) => {
  if (object?.metadata.labels?.['crash'] !== undefined) throw new Error('a bug');
  const value = { ...object?.metadata.labels, mutated: 'yes' };
  return { kind: 'patch', operations: [{ op: 'add', path: '/metadata/labels', value }], warnings: ['it was changed'] };
};

beforeAll(async () => {
  controlPlane = await startControlPlane({ crds: false });
  client = await connect(kubeconfigFile(controlPlane.adminKubeconfigPath), { userAgent: 'test', signal });
  directory = await temporaryDirectory();
  authority = await createCertificateAuthority({ commonName: 'signer', validityMs: HOUR_MS, now: new Date() });
  await writeCertificate(directory.path, await issueKeyAndCertificate(authority, template('first')));
  server = await serveWebhooks({
    address: { host: '127.0.0.1', port: 0 },
    tls: {
      settings: tlsSettings('VersionTLS12', []),
      certificate: { directory: directory.path, whenAbsent: 'fail', intervalMs: 50 },
    },
    routes: { '/validate': admissionWebhook(validate, { log }), '/mutate': admissionWebhook(mutate, { log }) },
    metrics: createWebhookMetrics(['/validate', '/mutate']),
    clock: systemClock,
    log,
  });
  await configure('ValidatingWebhookConfiguration', '/validate');
  await configure('MutatingWebhookConfiguration', '/mutate');
  // The API server takes a moment to see the configurations.
  await until(async () => (await create('probe', {})).metadata.labels?.['mutated'] === 'yes', {
    describe: 'the mutating webhook is asked',
  });
  await until(
    async () => {
      const answer: unknown = await create('probe', { refuse: '' }).catch((error: unknown) => error);
      return isKubeError(answer, 'forbidden');
    },
    { describe: 'the validating webhook is asked' },
  );
});

afterAll(async () => {
  await server.close();
  stop.abort();
  await controlPlane.stop();
  await directory[Symbol.asyncDispose]();
});

function template(commonName: string): CertificateTemplate {
  const nowMs = Date.now();
  return {
    commonName,
    ipAddresses: ['127.0.0.1'],
    usages: ['server'],
    notBefore: new Date(nowMs - 60_000),
    notAfter: new Date(nowMs + HOUR_MS),
  };
}

async function configure(kind: string, path: string): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }];
  const webhook = {
    name: `${path.slice(1)}.example.io`,
    clientConfig: {
      url: `https://127.0.0.1:${server.port}${path}`,
      caBundle: Buffer.from(authority.certificatePem).toString('base64'),
    },
    rules,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1beta1', 'v1'],
  };
  const { status, body } = await client.request({
    method: 'POST',
    path: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
    body: { apiVersion, kind, metadata: { name: path.slice(1) }, webhooks: [webhook] },
    signal,
  });
  if (status !== 201) throw new Error(`${kind}: ${body}`);
}

function create(prefix: string, labels: Readonly<Record<string, string>>): Promise<ConfigMap> {
  const metadata = { generateName: `${prefix}-`, namespace: 'default', labels };
  return client.kind(ConfigMap).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata }, { signal });
}

test('the API server applies the patch of a webhook', async () => {
  expect((await create('a', { mine: 'kept' })).metadata.labels).toEqual({ mine: 'kept', mutated: 'yes' });
});

test('the API server passes a denial on to the user', async () => {
  await expect(create('a', { refuse: '' })).rejects.toMatchObject({
    status: 403,
    message: expect.stringMatching(
      /admission webhook "validate\.example\.io" denied the request: user ".+" cannot do that/,
    ),
  });
});

test('a webhook with a bug lets nothing through', async () => {
  await expect(create('a', { crash: '' })).rejects.toMatchObject({
    message: expect.stringContaining('admission webhook "mutate.example.io" denied the request: internal error'),
  });
});

test('requests go on while the certificate is replaced', async () => {
  await writeCertificate(directory.path, await issueKeyAndCertificate(authority, template('second')));
  await until(async () => (await httpsGet(server.port, '/')).certificate.subject.CN === 'second', {
    describe: 'the second certificate is shown',
  });
  expect((await create('b', {})).metadata.labels).toEqual({ mutated: 'yes' });
});
