import {
  CertificateSigningRequest,
  type Kind,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
} from '@ocm/api';
import { type DataType, dataTypes } from '@ocm/cloudevents';
import { aCSR, anAddOn } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RawEvent } from './grpc-client.ts';
import {
  actionOf,
  codeOf,
  extension,
  objectOf,
  type Peer,
  type ServicesLab,
  startServicesLab,
} from './grpc-services-lab.ts';
import { clusterActor } from './hub-lab.ts';

let lab: ServicesLab;
let reader: Peer;
const { managedCluster, certificateRequest, lease, addOn, addOnV1Alpha1 } = dataTypes;

beforeAll(async () => {
  lab = await startServicesLab();
  const verbs = ['list', 'watch'];
  reader = await lab.addPeer('reader', [
    { apiGroups: ['cluster.open-cluster-management.io'], resources: ['managedclusters'], verbs },
    { apiGroups: ['addon.open-cluster-management.io'], resources: ['managedclusteraddons'], verbs },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs },
  ]);
  await clusterActor(lab, 'kept').createAccepted();
  await lab.stopHub();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const OBJECTS: readonly {
  readonly what: string;
  readonly dataType: DataType;
  readonly kind: Kind;
  readonly make: (name: string) => KubeObject;
}[] = [
  {
    what: 'ManagedCluster',
    dataType: managedCluster,
    kind: ManagedCluster,
    make: () => ({ metadata: { name: 'kept' } }),
  },
  {
    what: 'add-on',
    dataType: addOn,
    kind: ManagedClusterAddOn,
    make: (name) => anAddOn({ name, namespace: 'kept' }),
  },
  {
    what: 'v1alpha1 add-on',
    dataType: addOnV1Alpha1,
    kind: ManagedClusterAddOn,
    make: (name) => anAddOn({ name: `${name}-old`, namespace: 'kept' }),
  },
  {
    what: 'lease',
    dataType: lease,
    kind: Lease,
    make: (name) => ({ metadata: { name, namespace: 'kept', labels: { [labels.clusterName]: 'kept' } } }),
  },
  {
    what: 'certificate request',
    dataType: certificateRequest,
    kind: CertificateSigningRequest,
    make: (name) => aCSR({ name: `kept-${name}`, labels: { [labels.clusterName]: 'kept' } }),
  },
];

const signalled = () => ({ signal: lab.signal });
const idsOf = (events: readonly RawEvent[]) => events.map((event) => extension(event, 'resourceid'));

test.each(OBJECTS)('[cloudevents-grpc 29] a resync of the data type $what', async ({ dataType, kind, make }) => {
  const stream = await reader.listen('kept', dataType);
  const live = lab.admin.kind(kind);
  const object = make('one');
  if (kind !== ManagedCluster) await live.create(object, signalled());
  let mark = 0;
  /** Makes a change that is told, so that everything before has been told, too; returns the object as it is then. */
  const settle = async (): Promise<KubeObject> => {
    mark += 1;
    const text = `mark-${mark}`;
    const changed = await live.mergePatch(object.metadata, { metadata: { annotations: { text } } }, signalled());
    await stream.next(
      (event) => objectOf(event)?.metadata.annotations?.['text'] === text && actionOf(event) === 'spec.update_request',
      text,
    );
    return changed;
  };
  const answers = async (held: readonly (readonly [string, number])[]): Promise<readonly RawEvent[]> => {
    const from = stream.events.length;
    const resourceVersions = held.map(([resourceID, resourceVersion]) => ({ resourceID, resourceVersion }));
    const payload = { resourceVersions };
    const ended = await reader.publish({ cluster: 'kept', dataType, action: 'spec.resync_request', payload });
    expect(codeOf(ended)).toBe('OK');
    await settle();
    return stream.events.slice(from).filter((event) => actionOf(event) === 'spec.resync_response');
  };
  const { uid = '', resourceVersion = '' } = (await settle()).metadata;
  const everything = await answers([]);
  expect(idsOf(everything)).toContain(uid);
  expect(everything.map((event) => typeof extension(event, 'resourceversion'))).toEqual(everything.map(() => 'string'));
  expect(idsOf(await answers([[uid, Number(resourceVersion) - 1]]))).toContain(uid);
  const newest = (await settle()).metadata.resourceVersion;
  expect(idsOf(await answers([[uid, Number(newest)]]))).not.toContain(uid);
  const gone = (await answers([['gone', 7]])).find((event) => extension(event, 'resourceid') === 'gone');
  expect(gone && [extension(gone, 'resourceversion'), extension(gone, 'clustername'), objectOf(gone)]).toEqual([
    '7',
    'kept',
    undefined,
  ]);
  expect(gone && extension(gone, 'deletiontimestamp')).toBeDefined();
  await live.mergePatch(object.metadata, { metadata: { finalizers: ['test.example.com/hold'] } }, signalled());
  await live.delete(object.metadata, signalled());
  await stream.next(
    (event) => extension(event, 'resourceid') === uid && extension(event, 'deletiontimestamp') !== undefined,
    'its deletion',
  );
  const before = stream.events.length;
  const held = { resourceVersions: [{ resourceID: uid, resourceVersion: Number.MAX_SAFE_INTEGER }] };
  await reader.publish({ cluster: 'kept', dataType, action: 'spec.resync_request', payload: held });
  const again = await stream.next(
    (event) => stream.events.indexOf(event) >= before && extension(event, 'resourceid') === uid,
    'the deletion again',
  );
  expect([actionOf(again), objectOf(again)]).toEqual(['spec.resync_response', undefined]);
  expect(extension(again, 'deletiontimestamp')).toBeDefined();
});
