import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import {
  ClusterRole,
  ConfigMap,
  Deployment,
  type FeedbackRule,
  findCondition,
  type Kind,
  type KubeObject,
  type ManifestConfig,
  Pod,
} from '@ocm/api';
import { aClusterRole, aConfigMap, aDeployment, aPod, until } from '@ocm/testing';
import { test } from './driver.ts';
import { DaemonSet, Job, ServiceAccount } from './kinds.ts';
import { type Cluster, entryOf, expectPrompt, type Lab, startLab } from './lab.ts';

const TEMPLATE = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'example.com/a:1' }] },
};
const WELL_KNOWN: readonly FeedbackRule[] = [{ type: 'WellKnownStatus' }];

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { statusSyncMs: 60_000, collectMs: 100 } });
});
afterAll(() => lab.stop());

function configFor(kind: Kind, over: Partial<ManifestConfig>): ManifestConfig {
  const { group, plural: resource, namespaced } = kind;
  return { resourceIdentifier: { group, resource, name: '*', namespace: namespaced ? '*' : '' }, ...over };
}

const paths = (...all: readonly (readonly [string, string])[]): readonly FeedbackRule[] => [
  { type: 'JSONPaths', jsonPaths: all.map(([name, path]) => ({ name, path })) },
];

async function report(of: Cluster, work: string) {
  const entry = entryOf(await of.work(work), 0);
  const values = entry?.statusFeedback?.values?.map(({ name, fieldValue: { type, ...value } }) => [
    name,
    type,
    ...Object.values(value),
  ]);
  return { values: values ?? [], synced: findCondition(entry?.conditions, 'StatusFeedbackSynced') };
}

/** Waits until exactly these values are reported, each as name, type, value. */
function untilValues(work: string, values: readonly (readonly unknown[])[], of: Cluster = cluster) {
  return until(
    async () => {
      const seen = await report(of, work);
      if (JSON.stringify(seen.values) !== JSON.stringify(values) || seen.synced === undefined) {
        throw new Error(JSON.stringify(seen));
      }
      return seen;
    },
    { describe: `${work} reports ${JSON.stringify(values)}` },
  );
}

function setStatus<T extends KubeObject>(kind: Kind<T>, name: string, status: object): Promise<T> {
  return lab.admin.kind(kind).mergePatch({ namespace, name }, { status }, { ...lab, subresource: 'status' });
}

describe('well-known values', () => {
  test.each<[Kind, KubeObject | (() => KubeObject), object, readonly (readonly unknown[])[]]>([
    [
      Deployment,
      () => aDeployment({ name: 'wk', namespace }),
      { replicas: 3, readyReplicas: 2, availableReplicas: 1, updatedReplicas: 3 },
      [
        ['ReadyReplicas', 'Integer', 2],
        ['Replicas', 'Integer', 3],
        ['AvailableReplicas', 'Integer', 1],
      ],
    ],
    [
      DaemonSet,
      () => ({
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'wk', namespace },
        spec: { selector: { matchLabels: { app: 'a' } }, template: TEMPLATE },
      }),
      {
        currentNumberScheduled: 3,
        numberMisscheduled: 0,
        numberReady: 1,
        desiredNumberScheduled: 3,
        numberAvailable: 2,
      },
      [
        ['NumberReady', 'Integer', 1],
        ['DesiredNumberScheduled', 'Integer', 3],
        ['NumberAvailable', 'Integer', 2],
      ],
    ],
    [
      Job,
      () => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'wk', namespace },
        spec: { completions: 3, template: { spec: { ...TEMPLATE.spec, restartPolicy: 'Never' } } },
      }),
      { startTime: '2026-01-01T00:00:00Z', active: 1, succeeded: 1, failed: 0, ready: 1 },
      [['JobSucceeded', 'Integer', 1]],
    ],
    [
      Pod,
      () => aPod({ name: 'wk', namespace, serviceAccount: 'default' }),
      { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      [
        ['PodReady', 'String', 'True'],
        ['PodPhase', 'String', 'Running'],
      ],
    ],
  ])('[work 46] %# a kind reports exactly its own values', async (kind, manifest, ...[status, values]) => {
    const work = `wk-${kind.plural}`;
    const object = typeof manifest === 'function' ? manifest() : manifest;
    if (kind === Pod)
      await lab.admin
        .kind(ServiceAccount)
        .create({ metadata: { name: 'default', namespace } }, lab)
        .catch(() => {});
    const updateStrategy = { type: 'CreateOnly' } as const;
    await cluster.create({
      name: work,
      manifests: [object],
      manifestConfigs: [configFor(kind, { feedbackRules: WELL_KNOWN, updateStrategy })],
    });
    await cluster.untilCondition(work, 'Available', 'True');
    await setStatus(kind, 'wk', status);
    await untilValues(work, values);
  });

  test('[work 49] a ConfigMap has none, and its work says so', async () => {
    const manifests = [aConfigMap({ name: 'wk', namespace })];
    await cluster.create({
      name: 'wk-configmap',
      manifests,
      manifestConfigs: [configFor(ConfigMap, { feedbackRules: WELL_KNOWN })],
    });
    await cluster.untilCondition('wk-configmap', 'Available', 'True');
    const { synced } = await untilValues('wk-configmap', []);
    expect(synced).toMatchObject({ status: 'False', reason: 'StatusFeedbackSyncFailed' });
    expect(synced?.message).toContain('cannot find the wellknown statuses for resource with gvk v1, Kind=ConfigMap');
  });
});

const dataRules = (path: string) => [configFor(ConfigMap, { feedbackRules: paths(['v', path]) })];

describe('JSON paths', () => {
  test('[work 47] what is not there has no value, and what is a list is a problem', async () => {
    const manifests = [
      {
        ...aConfigMap({ name: 'paths', namespace }),
        metadata: { name: 'paths', namespace, finalizers: ['example.com/a'] },
      },
    ];
    await cluster.create({ name: 'paths', manifests, manifestConfigs: dataRules('.data.missing') });
    await cluster.untilCondition('paths', 'Available', 'True');
    expect((await untilValues('paths', [])).synced).toMatchObject({ status: 'True', reason: 'StatusFeedbackSynced' });
    await cluster.update('paths', { manifests, manifestConfigs: dataRules('.metadata.finalizers') });
    await until(async () => (await report(cluster, 'paths')).synced?.status === 'False', {
      describe: 'it is a problem',
    });
    expect((await report(cluster, 'paths')).synced?.message).toBe(
      'Sync status feedback failed with error the type list of the value for v is not found',
    );
  });

  test('[work 47] [work 48] with the gate on a list is JSON, as long as it is short', async () => {
    const other = await lab.newCluster();
    const { objects } = other;
    await other.startAgent({ feedback: { rawJson: true, maxJsonRawLength: 1024 }, intervals: { collectMs: 100 } });
    const finalizers = ['example.com/a', 'example.com/b'];
    const manifests = [{ ...aConfigMap({ name: 'raw' }), metadata: { name: 'raw', namespace: objects, finalizers } }];
    await other.create({ name: 'raw', manifests, manifestConfigs: dataRules('.metadata.finalizers') });
    await untilValues('raw', [['v', 'JsonRaw', '["example.com/a","example.com/b"]']], other);
    const data = { key: 'x'.repeat(1100) };
    await other.create({
      name: 'long',
      manifests: [aConfigMap({ name: 'long', namespace: objects, data })],
      manifestConfigs: dataRules('.data'),
    });
    await other.untilCondition('long', 'Available', 'True');
    const { synced } = await untilValues('long', [], other);
    expect(synced).toMatchObject({ status: 'False' });
    expect(synced?.message).toContain('larger than the maximum length 1024');
  });
});

describe('changes', () => {
  const watched = { feedbackRules: paths(['key', '.data.key']), feedbackScrapeType: 'Watch' } as const;

  test('[work 18] a ReadOnly object is reported and followed, and left when the work goes', async () => {
    const config = configFor(ConfigMap, { ...watched, updateStrategy: { type: 'ReadOnly' } });
    const maps = lab.admin.kind(ConfigMap);
    await maps.create(aConfigMap({ name: 'theirs', namespace, data: { key: 'one' } }), lab);
    await cluster.create({
      name: 'read-only',
      manifests: [aConfigMap({ name: 'theirs', namespace })],
      manifestConfigs: [config],
    });
    await untilValues('read-only', [['key', 'String', 'one']]);
    await until(
      async () => (await cluster.appliedWork('read-only'))?.status?.appliedResources?.[0]?.name === 'theirs',
      {
        describe: 'it is recorded',
      },
    );
    await maps.mergePatch({ namespace, name: 'theirs' }, { data: { key: 'two' } }, lab);
    await untilValues('read-only', [['key', 'String', 'two']]);
    await cluster.delete('read-only');
    await cluster.untilGone('read-only');
    const left = await cluster.object(ConfigMap, 'theirs');
    expect([left?.metadata.deletionTimestamp, left?.metadata.ownerReferences]).toEqual([undefined, undefined]);
  });

  test('[work 50] other values move the transition time, the same do not', async () => {
    await cluster.create({
      name: 'time',
      manifests: [aDeployment({ name: 'time', namespace })],
      manifestConfigs: [configFor(Deployment, { feedbackRules: WELL_KNOWN, updateStrategy: { type: 'CreateOnly' } })],
    });
    await cluster.untilCondition('time', 'Available', 'True');
    const { synced: before } = await untilValues('time', []);
    await until(() => Date.now() > Date.parse(before?.lastTransitionTime ?? '') + 2000, { describe: 'another second' });
    await setStatus(Deployment, 'time', { replicas: 1 });
    const { synced: after } = await untilValues('time', [['Replicas', 'Integer', 1]]);
    expect(after?.lastTransitionTime).not.toBe(before?.lastTransitionTime);
    await setStatus(Deployment, 'time', { observedGeneration: 1 });
    await setStatus(Deployment, 'time', { replicas: 1, readyReplicas: 1 });
    await untilValues('time', [
      ['ReadyReplicas', 'Integer', 1],
      ['Replicas', 'Integer', 1],
    ]);
  });

  test('[work 51] a change is reported within seconds, also of a cluster-scoped object', async () => {
    const name = `role-${cluster.name}`;
    const config = configFor(ClusterRole, {
      feedbackRules: paths(['label', '.metadata.labels.seen']),
      feedbackScrapeType: 'Watch',
      updateStrategy: { type: 'CreateOnly' },
    });
    await cluster.create({
      name: 'cluster-scoped',
      manifests: [aClusterRole({ name, rules: [] })],
      manifestConfigs: [config],
    });
    await untilValues('cluster-scoped', []);
    const change = async (seen: string): Promise<void> => {
      await lab.admin.kind(ClusterRole).mergePatch(name, { metadata: { labels: { seen } } }, lab);
      await untilValues('cluster-scoped', [['label', 'String', seen]]);
    };
    await change('one'); // by now it is watched
    await expectPrompt(2000, (round) => change(`two-${round}`));
  });

  test('without watches changes are polled', async () => {
    const polled = await lab.newCluster();
    await polled.startAgent({ maxFeedbackWatch: 0, intervals: { statusSyncMs: 300, collectMs: 100 } });
    const config = configFor(ConfigMap, { ...watched, updateStrategy: { type: 'CreateOnly' } });
    const object = aConfigMap({ name: 'polled', namespace: polled.objects, data: { key: 'one' } });
    await polled.create({ name: 'polled', manifests: [object], manifestConfigs: [config] });
    await untilValues('polled', [['key', 'String', 'one']], polled);
    const ref = { namespace: polled.objects, name: 'polled' };
    await lab.admin.kind(ConfigMap).mergePatch(ref, { data: { key: 'two' } }, lab);
    await untilValues('polled', [['key', 'String', 'two']], polled);
    expect(
      lab.spokeProxy.requests({ verb: ['list', 'watch'], resource: 'configmaps', namespace: polled.objects }),
    ).toEqual([]);
  });
});
