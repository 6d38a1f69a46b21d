import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CertificateSigningRequest, ManagedClusterAddOn, Namespace } from '@ocm/api';
import { issueCertificate, parseCertificateRequest, parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { parse } from 'yaml';
import { type AddOnActor, addOnActor, type AddOnLab, joined, KUBE_CLIENT, makeNamespace } from './addon-lab.ts';
import { type AgentLab, startAgentLab } from './agent-lab.ts';

const ROTATED = 'ClusterCertificateRotated';
const HOUR_MS = 3_600_000;

let lab: AgentLab;
let host: AddOnLab;
beforeAll(async () => {
  lab = await startAgentLab();
  host = await joined(lab, 'hosting', { flags: ['--client-cert-expiration-seconds=7200'] });
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** An add-on with an install namespace of its own name. */
async function addOn(name: string): Promise<AddOnActor> {
  await makeNamespace(lab, name);
  return addOnActor(lab, { cluster: host.cluster, name, namespace: name });
}

test('[registration 57] a kubeClient registration gets a certificate, and loses it with the add-on', async () => {
  const proxy = await addOn('proxy');
  await proxy.create();
  const { metadata, spec } = await proxy.approveNext();
  expect(metadata.name).toMatch(/^addon-hosting-proxy-/);
  expect(metadata.labels).toEqual({
    'open-cluster-management.io/cluster-name': 'hosting',
    'open-cluster-management.io/addon-name': 'proxy',
  });
  expect(spec.signerName).toBe('kubernetes.io/kube-apiserver-client');
  expect(spec.expirationSeconds).toBe(7200);
  expect(parseCertificateRequest(Buffer.from(spec.request, 'base64').toString())).toMatchObject({
    commonName: 'system:open-cluster-management:cluster:hosting:addon:proxy:agent:proxy',
    organizations: ['system:open-cluster-management:cluster:hosting:addon:proxy'],
    dnsNames: ['proxy.addon.open-cluster-management.io'],
  });
  const secret = await proxy.untilSecret();
  expect(Object.keys(secret).toSorted()).toEqual(['cluster-name', 'kubeconfig', 'tls.crt', 'tls.key']);
  expect(parse(secret['kubeconfig'] ?? '')).toMatchObject({
    clusters: [{ cluster: { server: lab.hub.controlPlane.url } }],
    users: [{ user: { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' } }],
  });
  await proxy.untilCondition(ROTATED, 'True');
  expect((await proxy.find())?.status?.registrations).toEqual([{ type: 'kubeClient', kubeClient: { driver: 'csr' } }]);

  await proxy.delete();
  await proxy.untilNoSecret();
});

test('[registration 57] an add-on that is being deleted keeps its credential', async () => {
  const leaving = await addOn('leaving');
  await leaving.create();
  await leaving.approveNext();
  await leaving.untilSecret();
  const addOns = lab.admin.kind(ManagedClusterAddOn);
  const { signal } = lab.hub;
  const ref = { namespace: 'hosting', name: 'leaving' };
  await addOns.mergePatch(ref, { metadata: { finalizers: ['test.example/hold'] } }, { signal });
  await leaving.delete();
  await leaving.writeStatus({ namespace: 'elsewhere' });
  // The next add-on is served, so this one has been looked at.
  const later = await addOn('later');
  await later.create();
  await later.approveNext();
  await later.untilSecret();
  await expect(leaving.secret()).resolves.toBeDefined();
  await addOns.mergePatch(ref, { metadata: { finalizers: null } }, { signal });
  await leaving.untilNoSecret();
});

test('[registration 58] an install namespace that comes later needs no second request', async () => {
  const late = addOnActor(lab, { cluster: host.cluster, name: 'late', namespace: 'late' });
  await late.create();
  await late.approveNext();
  const isSaving = (): boolean =>
    host.agent.log.some(({ fields }) => JSON.stringify(fields).includes('namespaces \\"late\\" not found')) ||
    host.agent.log.some(({ fields }) => String((fields['error'] as Error | undefined)?.message).includes('"late"'));
  await until(isSaving, { describe: 'the agent has tried to save the secret' });
  await makeNamespace(lab, 'late');
  await late.untilSecret();
  await expect(late.requests()).resolves.toHaveLength(1);
});

/** What the signer of somebody else does. */
async function sign(request: CertificateSigningRequest): Promise<void> {
  const { signal } = lab.hub;
  const csrs = lab.admin.kind(CertificateSigningRequest);
  const live = await csrs.get(request.metadata.name, { signal });
  const asked = parseCertificateRequest(Buffer.from(live.spec.request, 'base64').toString());
  const pem = issueCertificate(lab.hub.controlPlane.ca, {
    ...asked,
    usages: ['client'],
    notBefore: new Date(),
    notAfter: new Date(Date.now() + HOUR_MS),
  });
  const status = { ...live.status, certificate: Buffer.from(pem).toString('base64') };
  await csrs.replace({ ...live, status }, { subresource: 'status', signal });
}

test('[registration 59] a custom signer gets a secret without a kubeconfig, beside that of the kubeClient', async () => {
  const signed = await addOn('signed');
  const subject = { user: 'custom-user', groups: ['custom-group'], organizationUnits: ['custom-unit'] };
  const registrations = [
    KUBE_CLIENT,
    { type: 'customSigner', customSigner: { signerName: 'example.com/signer', subject } } as const,
  ];
  await signed.create({ registrations });
  const requests = await until(async () => (await signed.requests()).length === 2 && signed.requests(), {
    describe: 'both registrations have asked',
  });
  for (const request of requests) await host.cluster.approveRequest(request);
  const custom = requests.find(({ spec }) => spec.signerName === 'example.com/signer');
  if (custom === undefined) throw new Error('no request for the custom signer');
  await sign(custom);
  const secret = await signed.untilSecret('signed-example.com-signer-client-cert');
  expect(Object.keys(secret).toSorted()).toEqual(['cluster-name', 'tls.crt', 'tls.key']);
  expect(parseCertificates(secret['tls.crt'] ?? '')[0]?.subject).toEqual({
    commonName: 'custom-user',
    organizations: ['custom-group'],
    organizationalUnits: ['custom-unit'],
  });
  await signed.untilSecret();
  await signed.writeStatus({ registrations: [KUBE_CLIENT] });
  await signed.untilNoSecret('signed-example.com-signer-client-cert');
  await expect(signed.secret()).resolves.toBeDefined();
});

test('[registration 60] a changed subject, signer or namespace makes the old secret go and a new one come', async () => {
  const moving = await addOn('moving');
  await moving.create();
  await moving.approveNext();
  const first = await moving.untilSecret();

  const subject = { user: 'another-user', groups: ['another-group'] };
  await moving.writeStatus({ registrations: [{ type: 'kubeClient', kubeClient: { driver: 'csr', subject } }] });
  await moving.untilNoSecret();
  await moving.approveNext();
  const second = await moving.untilSecret();
  expect(second['tls.crt']).not.toBe(first['tls.crt']);
  expect(parseCertificates(second['tls.crt'] ?? '')[0]?.subject.commonName).toBe('another-user');

  await makeNamespace(lab, 'moved');
  await moving.writeStatus({ namespace: 'moved' });
  await moving.untilNoSecret();
  await moving.approveNext();
  await moving.untilSecret(undefined, 'moved');
});

test('[registration 60] fifteen changes in a row end at the limit of requests', async () => {
  const restless = await addOn('restless');
  await restless.create();
  await until(async () => (await restless.requests()).length === 1, { describe: 'the first request' });
  for (let index = 0; index < 15; index += 1) {
    const subject = { user: `user-${index}` };
    await restless.writeStatus({ registrations: [{ type: 'kubeClient', kubeClient: { driver: 'csr', subject } }] });
    const wanted = Math.min(index + 2, 10);
    await until(async () => (await restless.requests()).length >= wanted, { describe: `${wanted} requests` });
  }
  const condition = await restless.untilCondition(ROTATED, 'False');
  expect(condition.reason).toBe('ClientCertificateUpdateFailed');
  expect(condition.message).toContain('too many CSRs exist');
  await expect(restless.requests()).resolves.toHaveLength(10);
  // The requests of the add-on do not stop those of the cluster.
  await host.cluster.editCredential({ 'agent-name': 'edited' });
  await until(async () => (await host.cluster.credential())?.['agent-name'] !== 'edited', {
    describe: 'the credential of the cluster is mended',
  });
});

test('without the gate add-ons are left alone', async () => {
  const { cluster, agent } = await joined(lab, 'plain', { flags: ['--feature-gates=AddonManagement=false'] });
  const ignored = addOnActor(lab, { cluster, name: 'ignored', namespace: 'late' });
  await ignored.create();
  await agent.stop();
  expect(agent.log.filter(({ fields }) => fields['addon'] !== undefined)).toEqual([]);
  await expect(ignored.requests()).resolves.toEqual([]);
  expect((await ignored.find())?.status?.conditions).toBeUndefined();
});

test('[registration 57] after a restart nothing is asked for anew', async () => {
  const stable = await addOn('stable');
  await stable.create();
  await stable.approveNext();
  const secret = await stable.untilSecret();
  await stable.untilCondition(ROTATED, 'True');
  await host.agent.stop();
  const successor = await host.cluster.start({ flags: ['--client-cert-expiration-seconds=7200'] });
  await lab.admin.kind(Namespace).create({ metadata: { name: 'probe' } }, { signal: lab.hub.signal });
  const probe = addOnActor(lab, { cluster: host.cluster, name: 'probe', namespace: 'probe' });
  await probe.create();
  await probe.approveNext();
  await probe.untilSecret();
  await expect(stable.secret()).resolves.toEqual(secret);
  await expect(stable.requests()).resolves.toHaveLength(1);
  await successor.stop();
});
