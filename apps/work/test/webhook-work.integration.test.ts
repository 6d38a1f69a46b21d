import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admissionWebhooks, type KubeObject, ManifestWork, ManifestWorkReplicaSet, type PolicyRule } from '@ocm/api';
import { aConfigMap, aWorkSpec, type Refusal, refusalOf, type Write } from '@ocm/testing';
import { installReplicaSetWebhook, startWebhookLab, type WebhookLab } from './webhook-lab.ts';

const PATH = '/apis/work.open-cluster-management.io/v1/namespaces/cluster1/manifestworks';
const denied = (message: string): Refusal => ({
  code: 400,
  reason: 'BadRequest',
  message: `admission webhook "${admissionWebhooks.workValidating.name}" denied the request: ${message}`,
});
const aWork = (name: string, over: Parameters<typeof aWorkSpec>[0] = {}) => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { namespace: 'cluster1', name },
  spec: aWorkSpec(over),
});
const creating = (name: string, over: Parameters<typeof aWorkSpec>[0]): Write => ({
  method: 'POST',
  path: PATH,
  body: aWork(name, over),
});
const patching = (name: string, over: Parameters<typeof aWorkSpec>[0]): Write => ({
  method: 'PATCH',
  path: `${PATH}/${name}`,
  body: { spec: aWorkSpec(over) },
});
const executing = (...resourceNames: readonly string[]): PolicyRule => ({
  apiGroups: ['work.open-cluster-management.io'],
  resources: ['manifestworks'],
  verbs: ['execute-as'],
  resourceNames,
});
const mayNotExecute = (user: string, executor: string): Refusal =>
  denied(`user ${user} cannot manipulate the Manifestwork with executor ${executor} in namespace cluster1`);

/** A manifest whose JSON, in the order and with the escapes of the API server, has so many bytes. */
function configMapOfBytes(bytes: number): object {
  const frame =
    '{"apiVersion":"v1","data":{"a":""},"kind":"ConfigMap","metadata":{"name":"big","namespace":"default"}}';
  const rest = bytes - frame.length;
  // Go writes < as six characters.
  const value = '<'.repeat(Math.floor(rest / 6)) + 'x'.repeat(rest % 6);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big', namespace: 'default' }, data: { a: value } };
}

const aReplicaSet = (name: string, manifests: readonly object[]): ManifestWorkReplicaSet => ({
  metadata: { namespace: 'default', name },
  spec: {
    cascadeDeletionPolicy: 'Background',
    placementRefs: [{ name: 'p' }],
    manifestWorkTemplate: aWorkSpec({ manifests: manifests as readonly KubeObject[] }),
  },
});

describe('the manifests of a work', () => {
  let lab: WebhookLab;
  beforeAll(async () => {
    lab = await startWebhookLab('--feature-gates=ManifestWorkReplicaSet=true');
  });
  afterAll(async () => lab[Symbol.asyncDispose]());

  const nameless = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default' } };
  const twice = [aConfigMap({ name: 'a' }), aConfigMap({ name: 'a' })];
  test.each<{ what: string; manifests: readonly object[]; message: string }>([
    { what: 'there are none', manifests: [], message: 'manifests should not be empty' },
    { what: 'one has no name', manifests: [nameless], message: 'name must be set in manifest' },
    {
      what: 'one has a prefix',
      manifests: [{ ...nameless, metadata: { name: 'a', generateName: 'a-' } }],
      message: 'generateName must not be set in manifest',
    },
    {
      what: 'one occurs twice',
      manifests: twice,
      message: 'duplicate manifest for resource default/a with resource type v1.ConfigMap',
    },
    {
      what: 'they are too large',
      manifests: [configMapOfBytes(512_000 - 3)],
      message: 'the size of manifests is 512001 bytes which exceeds the 512000 limit',
    },
  ])('[work 71] are refused on create and on update when $what', async ({ what, manifests, message }) => {
    const { admin, signal } = lab;
    const over = { manifests } as Parameters<typeof aWorkSpec>[0];
    const name = what.replaceAll(' ', '-');
    expect(await refusalOf(admin, creating(name, over), signal)).toEqual(denied(message));
    await admin.kind(ManifestWork).create(aWork(name), { signal });
    expect(await refusalOf(admin, patching(name, over), signal)).toEqual(denied(message));
  });

  test('[work 71] may have exactly the size of the limit', async () => {
    const work = aWork('just-fits', { manifests: [configMapOfBytes(512_000 - 4) as KubeObject] });
    const created = await lab.admin.kind(ManifestWork).create(work, { signal: lab.signal });
    expect(created.spec?.workload?.manifests).toHaveLength(1);
  });

  test('[work 71] may be missing when only the status is written', async () => {
    const { admin, signal } = lab;
    const created = await admin.kind(ManifestWork).create(aWork('with-status'), { signal });
    const patched = await admin.kind(ManifestWork).patchStatus(created, { conditions: [] }, { signal });
    expect(patched.metadata.name).toBe('with-status');
  });

  test('[work 71] may come with paths and expressions that cannot be used: the agent is the one to say so', async () => {
    const ignoreFields = [
      { condition: 'OnSpokePresent', jsonPaths: ['['], jsonPointers: ['x'], jqPathExpressions: ['.['] },
    ] as const;
    const config = {
      resourceIdentifier: { resource: 'configmaps', namespace: 'default', name: 'a' },
      feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'v', path: '.a[' }] }],
      conditionRules: [{ type: 'CEL', condition: 'Good', celExpressions: ['object.'] }],
      updateStrategy: { type: 'ServerSideApply', serverSideApply: { ignoreFields } },
    } as const;
    const work = aWork('unusable', { manifestConfigs: [config] });
    const created = await lab.admin.kind(ManifestWork).create(work, { signal: lab.signal });
    expect(created.spec?.manifestConfigs?.[0]).toMatchObject(config);
  });

  test('[work 71] of a replica set are checked in the same way once its webhook is registered', async () => {
    const { admin, signal } = lab;
    const sets = admin.kind(ManifestWorkReplicaSet);
    await installReplicaSetWebhook(lab, () => sets.create(aReplicaSet('probe', []), { signal, dryRun: true }));
    await expect(sets.create(aReplicaSet('empty', []), { signal })).rejects.toThrow(
      'denied the request: Workload manifests should not be empty',
    );
    await expect(sets.create(aReplicaSet('twice', twice), { signal })).rejects.toThrow(
      'denied the request: duplicate manifest for resource default/a',
    );
    await sets.create(aReplicaSet('good', [aConfigMap({ name: 'a' })]), { signal });
    await sets.delete({ namespace: 'default', name: 'good' }, { signal });
  });
});

describe('the executor of a work', () => {
  let lab: WebhookLab;
  beforeAll(async () => {
    lab = await startWebhookLab('--feature-gates=NilExecutorValidating=true', '--manifestLimit=300');
  });
  afterAll(async () => lab[Symbol.asyncDispose]());

  test('[work 72] that is left out stands for the agent, whom not everybody may act as', async () => {
    const { signal } = lab;
    const ann = await lab.user('ann');
    const refusal = await refusalOf(ann, creating('by-ann', {}), signal);
    expect(refusal).toEqual(mayNotExecute('ann', '/klusterlet-work-sa'));
    const bob = await lab.user('bob', executing('system:serviceaccount::klusterlet-work-sa'));
    await bob.kind(ManifestWork).create(aWork('by-bob'), { signal });
  });

  test('[work 73] is changed by those who may act as the new one, and needs no right while it stays', async () => {
    const { admin, signal } = lab;
    const carl = await lab.user('carl', executing('system:serviceaccount:ns:mine'));
    const works = carl.kind(ManifestWork);
    expect(await refusalOf(carl, creating('by-carl', { executor: 'ns/theirs' }), signal)).toEqual(
      mayNotExecute('carl', 'ns/theirs'),
    );
    await works.create(aWork('by-carl', { executor: 'ns/mine' }), { signal });
    expect(await refusalOf(carl, patching('by-carl', { executor: 'ns/theirs' }), signal)).toEqual(
      mayNotExecute('carl', 'ns/theirs'),
    );
    await admin.kind(ManifestWork).create(aWork('not-by-carl', { executor: 'ns/theirs' }), { signal });
    const unrelated = patching('not-by-carl', { manifests: [aConfigMap({ name: 'other' })] });
    const { status } = await carl.request({ ...unrelated, signal });
    expect(status).toBe(200);
  });

  test('a right for one cluster is none for another', async () => {
    const { signal } = lab;
    const dora = await lab.user('dora');
    const body = { ...aWork('elsewhere'), metadata: { namespace: 'default', name: 'elsewhere' } };
    const path = PATH.replace('cluster1', 'default');
    expect((await refusalOf(dora, { method: 'POST', path, body }, signal)).message).toContain('in namespace default');
  });

  test('[work 71] the limit is what the flag says', async () => {
    const refusal = await refusalOf(
      lab.admin,
      creating('tiny', { manifests: [configMapOfBytes(298) as KubeObject] }),
      lab.signal,
    );
    expect(refusal).toEqual(denied('the size of manifests is 301 bytes which exceeds the 300 limit'));
  });
});
