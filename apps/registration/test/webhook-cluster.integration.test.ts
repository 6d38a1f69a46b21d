import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admissionWebhooks, labels, ManagedCluster, Namespace, type PolicyRule, type Taint } from '@ocm/api';
import { type KubeClient, type Resource } from '@ocm/kube';
import { type Refusal, refusalOf, type Write } from '@ocm/testing';
import { startWebhookLab, type WebhookLab } from './webhook-lab.ts';

const PATH = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const { clusterValidating, clusterMutating } = admissionWebhooks;
const deniedBy = ({ name }: { readonly name: string }, message: string): string =>
  `admission webhook "${name}" denied the request: ${message}`;

const MAY_ACCEPT: PolicyRule = {
  apiGroups: ['register.open-cluster-management.io'],
  resources: ['managedclusters/accept'],
  verbs: ['update'],
};
const mayJoin = (...resourceNames: readonly string[]): PolicyRule => ({
  apiGroups: ['cluster.open-cluster-management.io'],
  resources: ['managedclustersets/join'],
  verbs: ['create'],
  resourceNames,
});

let lab: WebhookLab;
let clusters: Resource<ManagedCluster>;
let signal: AbortSignal;

beforeAll(async () => {
  lab = await startWebhookLab();
  clusters = lab.admin.kind(ManagedCluster);
  ({ signal } = lab);
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** Creation of a cluster, or a merge patch. */
const creating = (name: string, over: object = {}): Write => ({
  method: 'POST',
  path: PATH,
  body: { apiVersion: 'cluster.open-cluster-management.io/v1', kind: 'ManagedCluster', metadata: { name }, ...over },
});
const patching = (name: string, body: object): Write => ({ method: 'PATCH', path: `${PATH}/${name}`, body });
const refused = (client: KubeClient, write: Write): Promise<Refusal> => refusalOf(client, write, signal);

const taintsOf = async (name: string): Promise<readonly Taint[]> =>
  (await clusters.get(name, { signal })).spec?.taints ?? [];
const writeTaints = (name: string, ...taints: readonly Taint[]): Promise<ManagedCluster> =>
  clusters.mergePatch(name, { spec: { taints } }, { signal });

const inSet = (set: string): object => ({ metadata: { labels: { [labels.clusterSet]: set } } });
const forbidden = (message: string): Refusal => ({
  code: 403,
  reason: 'Forbidden',
  message: deniedBy(clusterValidating, message),
});
const mayNotAccept = (user: string): Refusal => forbidden(`user "${user}" cannot update the HubAcceptsClient field`);
const mayNotJoin = (user: string, set: string): Refusal =>
  forbidden(`user "${user}" cannot add/remove a ManagedCluster to/from ManagedClusterSet "${set}"`);

describe('defaults', () => {
  test('[registration 64] lease duration and set are filled in at creation, and put back when they are taken away', async () => {
    const created = await clusters.create({ metadata: { name: 'defaults' }, spec: {} }, { signal });
    expect(created.spec?.leaseDurationSeconds).toBe(60);
    expect(created.metadata.labels).toEqual({ [labels.clusterSet]: 'default' });
    const patch = {
      metadata: { labels: { [labels.clusterSet]: null, mine: 'a' } },
      spec: { leaseDurationSeconds: null },
    };
    const patched = await clusters.mergePatch('defaults', patch, { signal });
    expect(patched.spec?.leaseDurationSeconds).toBe(60);
    expect(patched.metadata.labels).toEqual({ [labels.clusterSet]: 'default', mine: 'a' });
  });
});

describe('the time of a taint', () => {
  const taint: Taint = { key: 'k', value: 'v', effect: 'NoSelect' };

  test('[registration 65] is set at creation whatever was sent, kept, and set again when the effect changes', async () => {
    const past = '2020-01-01T00:00:00Z';
    await clusters.create(
      { metadata: { name: 'tainted' }, spec: { taints: [{ ...taint, timeAdded: past }] } },
      { signal },
    );
    const [created] = await taintsOf('tainted');
    expect(Date.now() - Date.parse(created?.timeAdded ?? '')).toBeLessThan(60_000);
    await writeTaints('tainted', { ...taint, timeAdded: created?.timeAdded ?? null }, { ...taint, key: 'l' });
    expect(await taintsOf('tainted')).toEqual([created, { ...taint, key: 'l', timeAdded: expect.any(String) }]);
    await writeTaints('tainted', { ...taint, effect: 'PreferNoSelect' });
    expect(await taintsOf('tainted')).toEqual([{ ...taint, effect: 'PreferNoSelect', timeAdded: expect.any(String) }]);
    const message = deniedBy(clusterMutating, 'It is not allowed to set TimeAdded of Taint "k,m".');
    const taints = ['k', 'm'].map((key) => ({ ...taint, key, timeAdded: past }));
    expect(await refused(lab.admin, patching('tainted', { spec: { taints } }))).toEqual({
      code: 400,
      reason: 'BadRequest',
      message,
    });
  });
});

describe('addresses and names', () => {
  test('[registration 66] an address without https is refused in the words of the reference', async () => {
    const spec = { managedClusterClientConfigs: [{ url: '127.0.0.1:8001' }] };
    const refusal = {
      code: 400,
      reason: 'BadRequest',
      message:
        'admission webhook "managedclustervalidators.admission.cluster.open-cluster-management.io" denied the request: url "127.0.0.1:8001" is invalid in client configs',
    };
    expect(await refused(lab.admin, creating('bad-url', { spec }))).toEqual(refusal);
    await clusters.create({ metadata: { name: 'good-url' } }, { signal });
    expect(await refused(lab.admin, patching('good-url', { spec }))).toEqual(refusal);
  });

  test('[registration 66] a name with a dot is refused, with and without addresses', async () => {
    const spec = { managedClusterClientConfigs: [{ url: 'https://north.example.com:6443' }] };
    for (const body of [{}, { spec }]) {
      expect(await refused(lab.admin, creating('north.cluster', body))).toMatchObject({
        code: 400,
        message: expect.stringContaining(deniedBy(clusterValidating, 'metadata.name format is not correct: ')),
      });
    }
  });
});

describe('acceptance', () => {
  const accepted = { spec: { hubAcceptsClient: true } };

  test('[registration 67] needs the right to, at creation and later; anything else about an accepted cluster does not', async () => {
    const ann = await lab.user('ann', mayJoin('default'));
    expect(await refused(ann, creating('accept-now', accepted))).toEqual(mayNotAccept('ann'));
    await ann.kind(ManagedCluster).create({ metadata: { name: 'accept-later' } }, { signal });
    expect(await refused(ann, patching('accept-later', accepted))).toEqual(mayNotAccept('ann'));

    await clusters.mergePatch('accept-later', accepted, { signal });
    await ann.kind(ManagedCluster).mergePatch('accept-later', { spec: { leaseDurationSeconds: 5 } }, { signal });
    const denied = { spec: { hubAcceptsClient: false } };
    expect((await ann.kind(ManagedCluster).mergePatch('accept-later', denied, { signal })).spec).toMatchObject({
      hubAcceptsClient: false,
      leaseDurationSeconds: 5,
    });
  });

  test('[registration 67] is possible with it, unless the cluster namespace is terminating', async () => {
    const bob = await lab.user('bob', mayJoin('default'), MAY_ACCEPT);
    await bob.kind(ManagedCluster).create({ metadata: { name: 'by-bob' }, ...accepted }, { signal });
    // Nobody finishes the deletion here: no controller manager runs.
    await lab.admin.kind(Namespace).create({ metadata: { name: 'going' } }, { signal });
    await lab.admin.kind(Namespace).delete('going', { signal });
    await bob.kind(ManagedCluster).create({ metadata: { name: 'going' } }, { signal });
    const terminating = forbidden('cluster namespace "going" is terminating');
    expect(await refused(bob, patching('going', accepted))).toEqual(terminating);
    expect(await refused(lab.admin, patching('going', accepted))).toEqual(terminating);
  });
});

describe('the set of a cluster', () => {
  test('[registration 68] is changed by those who may join the old one and the new one', async () => {
    await clusters.create({ metadata: { name: 'mover', labels: { [labels.clusterSet]: 'a' } } }, { signal });
    const [onlyA, onlyB, both] = await Promise.all([
      lab.user('only-a', mayJoin('a')),
      lab.user('only-b', mayJoin('b')),
      lab.user('both', mayJoin('a', 'b')),
    ]);
    expect(await refused(onlyA, patching('mover', inSet('b')))).toEqual(mayNotJoin('only-a', 'b'));
    expect(await refused(onlyB, patching('mover', inSet('b')))).toEqual(mayNotJoin('only-b', 'a'));
    const moved = await both.kind(ManagedCluster).mergePatch('mover', inSet('b'), { signal });
    expect(moved.metadata.labels).toEqual({ [labels.clusterSet]: 'b' });
    // To leave every set is to join the default one.
    expect(await refused(both, patching('mover', { metadata: { labels: null } }))).toEqual(
      mayNotJoin('both', 'default'),
    );
  });

  test('[registration 68] a new cluster without one comes into the default set, which its creator must be allowed to join', async () => {
    const carl = await lab.user('carl');
    expect(await refused(carl, creating('of-carl'))).toEqual(mayNotJoin('carl', 'default'));
  });
});
