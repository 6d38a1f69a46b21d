import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClusterRole, ClusterRoleBinding, Event, ManagedCluster, Namespace } from '@ocm/api';
import {
  aCluster,
  aClusterRole,
  aClusterRoleBinding,
  aNamespace,
  type ControlPlane,
  startControlPlane,
  until,
} from '@ocm/testing';
import { connect, eventRecorder, type EventReport, type KubeClient, reviewAccess } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';

const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let admin: KubeClient;

beforeAll(async () => {
  cp = await startControlPlane();
  admin = await connectAs('admin');
});
afterAll(async () => {
  stop.abort();
  await cp?.stop();
});

async function connectAs(identity: Parameters<ControlPlane['kubeconfig']>[0]): Promise<KubeClient> {
  const text = await cp.kubeconfig(identity);
  return connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'event-test', signal });
}

async function mayOnly(user: string, verbs: readonly string[]): Promise<KubeClient> {
  const rules = [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs }];
  await admin.kind(ClusterRole).create(aClusterRole({ name: user, rules }), { signal });
  await admin
    .kind(ClusterRoleBinding)
    .create(aClusterRoleBinding({ name: user, role: user, subjects: [user] }), { signal });
  const resource = { group: 'events.k8s.io', resource: 'events', verb: 'create' };
  await until(async () => (await reviewAccess(admin, { user, groups: [], resource }, { signal })).allowed, {
    describe: `${user} has its rights`,
    signal,
  });
  return connectAs({ user });
}

/** What would be reported of a cluster that was just made, with its namespace. */
async function reportOf(name: string): Promise<EventReport> {
  const { metadata } = await admin.kind(ManagedCluster).create(aCluster({ name }), { signal });
  await admin.kind(Namespace).create(aNamespace({ name }), { signal });
  return {
    namespace: name,
    regarding: {
      apiVersion: 'cluster.open-cluster-management.io/v1',
      kind: 'ManagedCluster',
      name,
      ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    },
    type: 'Normal',
    reason: 'Available',
    action: 'Available',
    note: 'The cluster is available',
  };
}

function recorderOf(client: KubeClient) {
  const log = recordingLogger();
  const names = { reportingController: 'klusterlet-agent', reportingInstance: 'agent-0' };
  return { log, recorder: eventRecorder({ client, log, ...names }) };
}

async function eventsIn(namespace: string): Promise<readonly Event[]> {
  const found: Event[] = [];
  for await (const { items } of admin.kind(Event).list({ namespace, signal })) found.push(...items);
  return found;
}

test('[registration 11.5] an event of a ManagedCluster appears in the cluster namespace, and repetitions are its series', async () => {
  const report = await reportOf('c1');
  const { recorder, log } = recorderOf(await mayOnly('recorder', ['create', 'patch']));
  await recorder.record(report, { signal });
  expect(await eventsIn('c1')).toMatchObject([
    {
      type: 'Normal',
      reason: 'Available',
      action: 'Available',
      note: 'The cluster is available',
      reportingController: 'klusterlet-agent',
      reportingInstance: 'agent-0',
      regarding: { kind: 'ManagedCluster', name: 'c1', namespace: 'c1', uid: report.regarding.uid },
    },
  ]);
  for (let i = 0; i < 2; i += 1) await recorder.record(report, { signal });
  await recorder.record({ ...report, type: 'Warning', reason: 'Unavailable', action: 'Unavailable' }, { signal });
  const events = await eventsIn('c1');
  expect(new Map(events.map(({ reason, series }) => [reason, series?.count]))).toEqual(
    new Map([
      ['Available', 3],
      ['Unavailable', undefined],
    ]),
  );
  expect(log.lines).toEqual([]);
});

test('who may only create events, as the agent on the hub, gets each repetition as an event of its own', async () => {
  const report = await reportOf('c2');
  const { recorder, log } = recorderOf(await mayOnly('creator', ['create']));
  for (let i = 0; i < 3; i += 1) await recorder.record(report, { signal });
  expect(await eventsIn('c2')).toHaveLength(3);
  expect(log.lines).toEqual([]);
});

test('who may do nothing, or names a namespace that does not exist, is not disturbed', async () => {
  const report = await reportOf('c3');
  const { recorder, log } = recorderOf(await connectAs({ user: 'nobody' }));
  await recorder.record(report, { signal });
  const other = recorderOf(admin);
  await other.recorder.record({ ...report, namespace: 'missing' }, { signal });
  for (const { lines } of [log, other.log])
    expect(lines).toMatchObject([{ level: 'warn', message: 'event not recorded' }]);
});
