import {
  apiVersionOf,
  CertificateSigningRequest,
  clusterGroup,
  clusterUser,
  Event,
  type Kind,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  ManagedClusterAddOnV1alpha1,
  ManifestWork,
  Namespace,
  Role,
  RoleBinding,
  ServiceAccount,
} from '@ocm/api';
import { type DataType, dataTypes, formatDataType } from '@ocm/cloudevents';
import { aCondition, aCSR, aManifestWork, anAddOn, anEvent } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawEvent, RawStream } from './grpc-client.ts';
import {
  codeOf,
  extension,
  type Message,
  payloadOf,
  type Peer,
  type ServicesLab,
  startServicesLab,
} from './grpc-services-lab.ts';

// The agent of one cluster tries every data type, every action and every attribute against another cluster.

const OWN = 'tenant';
const OTHER = 'neighbour';
const LEASE_UPDATE = `${formatDataType(dataTypes.lease)}.spec.update_request`;
const UUID = '00000000-0000-4000-8000-000000000001';

let lab: ServicesLab;
let agent: Peer;
/** What the neighbour has on the hub, and has to keep as it is. */
let before: readonly string[];
let victim: ManifestWork;

interface Row {
  readonly what: string;
  readonly dataType: DataType;
  /** An object of that cluster, as an honest agent would send it. */
  readonly object: (cluster: string) => KubeObject;
  /** What the agent may do as far as permissions go, and the data type does not know. */
  readonly unknown?: Readonly<Record<string, string>>;
}

const withType = ({ kind, ...address }: Kind, object: KubeObject): KubeObject => ({
  apiVersion: apiVersionOf(address),
  kind,
  ...object,
});

function certificateRequest(cluster: string): KubeObject {
  return withType(
    CertificateSigningRequest,
    aCSR({
      name: `${cluster}-forged`,
      labels: { [labels.clusterName]: cluster },
      commonName: clusterUser({ cluster, agent: 'agent1' }),
      organizations: [clusterGroup(cluster)],
    }),
  );
}

const ROWS: readonly Row[] = [
  {
    what: 'ManagedCluster',
    dataType: dataTypes.managedCluster,
    object: (name) => withType(ManagedCluster, { metadata: { name, labels: { forged: 'true' } } }),
  },
  {
    what: 'add-on',
    dataType: dataTypes.addOn,
    object: (namespace) => withType(ManagedClusterAddOn, anAddOn({ name: 'a', namespace })),
  },
  {
    what: 'v1alpha1 add-on',
    dataType: dataTypes.addOnV1Alpha1,
    object: (namespace) => withType(ManagedClusterAddOnV1alpha1, { metadata: { name: 'a', namespace } }),
  },
  { what: 'certificate request', dataType: dataTypes.certificateRequest, object: certificateRequest },
  {
    what: 'lease',
    dataType: dataTypes.lease,
    object: (namespace) => withType(Lease, { metadata: { name: 'managed-cluster-lease', namespace } }),
  },
  {
    what: 'event',
    dataType: dataTypes.event,
    object: (namespace) => withType(Event, anEvent({ name: 'forged', namespace })),
  },
  {
    what: 'token request',
    dataType: dataTypes.tokenRequest,
    object: (namespace) => ({ metadata: { name: 'sa', namespace, uid: UUID }, spec: { audiences: [] } }) as KubeObject,
    unknown: { 'status.create_request': 'FAILED_PRECONDITION' },
  },
];

const ACTIONS = ['spec', 'status'].flatMap((subresource) =>
  ['create_request', 'update_request', 'delete_request', 'resync_request', 'resync_response', 'watch_request'].map(
    (action) => `${subresource}.${action}`,
  ),
);

beforeAll(async () => {
  lab = await startServicesLab();
  agent = await lab.addAgent(OWN);
  await lab.addAgent(OTHER);
  const { admin, signal } = lab;
  for (const namespace of [OWN, OTHER]) {
    await admin.kind(ServiceAccount).create({ metadata: { name: 'sa', namespace } }, { signal });
    await admin.kind(ManagedClusterAddOn).create(anAddOn({ name: 'a', namespace }), { signal });
  }
  await allowTokens();
  victim = await admin.kind(ManifestWork).create(aManifestWork({ namespace: OTHER, name: 'w' }), { signal });
  await lab.stopHub(); // from here on, every change is the agent's
  before = await possessions();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** As the hub's token infrastructure does for add-ons; without it, not even a token of the own cluster could be had. */
async function allowTokens(): Promise<void> {
  const { admin, signal } = lab;
  const metadata = { name: 'tokens', namespace: OWN };
  const rules = [{ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create', 'subscribe'] }];
  await admin.kind(Role).create({ metadata, rules }, { signal });
  const apiGroup = 'rbac.authorization.k8s.io';
  const roleRef = { apiGroup, kind: 'Role', name: 'tokens' } as const;
  const subjects = [{ apiGroup, kind: 'Group', name: clusterGroup(OWN) }] as const;
  await admin.kind(RoleBinding).create({ metadata, roleRef, subjects }, { signal });
}

async function possessions(): Promise<readonly string[]> {
  const { admin, signal } = lab;
  const inNamespace = [ManifestWork, ManagedClusterAddOn, Lease, Event, ServiceAccount];
  const found: KubeObject[] = [await admin.kind(ManagedCluster).get(OTHER, { signal })];
  for (const kind of inNamespace) found.push(...(await list(kind, { namespace: OTHER })));
  found.push(...(await list(Namespace, {})));
  found.push(...(await list(CertificateSigningRequest, { labelSelector: `${labels.clusterName}=${OTHER}` })));
  return found.map(({ metadata: { uid = '', name, resourceVersion = '' } }) => `${name} ${uid} ${resourceVersion}`);
}

async function list(
  kind: Kind,
  selection: { readonly namespace?: string; readonly labelSelector?: string },
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  for await (const { items } of lab.admin.kind(kind).list({ ...selection, signal: lab.signal })) found.push(...items);
  return found;
}

/** The code of every action for a message, as far as it is another than what is usual. */
async function surprises(message: Omit<Message, 'action'>, usual: string): Promise<Readonly<Record<string, string>>> {
  const codes = await Promise.all(
    ACTIONS.map(async (action) => [action, codeOf(await agent.publish({ ...message, action }))] as const),
  );
  return Object.fromEntries(codes.filter(([, code]) => code !== usual));
}

describe('an event that names the other cluster is refused, whatever it does', () => {
  test.each(ROWS)('[cloudevents-grpc 53] $what', async ({ dataType, object }) => {
    expect(await surprises({ cluster: OTHER, dataType, payload: object(OTHER) }, 'PERMISSION_DENIED')).toEqual({});
    // The object of one's own does not make it better, nor does the name of the other as source.
    expect(await surprises({ cluster: OTHER, dataType, payload: object(OWN) }, 'PERMISSION_DENIED')).toEqual({});
    const named = { source: OTHER, extensions: { originalsource: OTHER } };
    expect(
      await surprises({ cluster: OTHER, dataType, payload: object(OTHER), ...named }, 'PERMISSION_DENIED'),
    ).toEqual({});
    expect(await possessions()).toEqual(before);
  });

  test('[cloudevents-grpc 53] bundle', async () => {
    const message = { cluster: OTHER, ...bundleOf(victim) };
    expect(await surprises(message, 'PERMISSION_DENIED')).toEqual({});
    expect(await surprises({ ...message, source: `${OTHER}-work-agent` }, 'PERMISSION_DENIED')).toEqual({});
    expect(await possessions()).toEqual(before);
  });
});

describe('an event that names the own cluster and carries an object of the other one is refused', () => {
  test.each(ROWS)('[cloudevents-grpc 54] $what', async ({ dataType, object, unknown = {} }) => {
    const resyncs = await resyncCodes(dataType);
    for (const forged of [{}, { source: OTHER, extensions: { originalsource: OTHER, resourceid: UUID } }]) {
      const codes = await surprises({ cluster: OWN, dataType, payload: object(OTHER), ...forged }, 'PERMISSION_DENIED');
      expect(codes).toEqual({ ...resyncs, ...unknown });
    }
    expect(await possessions()).toEqual(before);
  });

  test('[cloudevents-grpc 54] bundle: the work of another cluster is unknown in the own one', async () => {
    const message = { cluster: OWN, ...bundleOf(victim) };
    const codes = await surprises(message, 'PERMISSION_DENIED');
    expect(codes).toEqual({
      'spec.resync_request': 'OK',
      'spec.update_request': 'FAILED_PRECONDITION',
      'status.update_request': 'OK',
    });
    expect(await possessions()).toEqual(before);
  });

  test('[cloudevents-grpc 54] a certificate request of the own cluster with the subject of the other one', async () => {
    const { metadata } = certificateRequest(OWN);
    const dataType = dataTypes.certificateRequest;
    const payload = { ...certificateRequest(OTHER), metadata: { ...metadata, name: 'subject-forged' } };
    const ended = await agent.publish({ cluster: OWN, dataType, action: 'spec.create_request', payload });
    expect(codeOf(ended)).toBe('PERMISSION_DENIED');
    const requests = lab.admin.kind(CertificateSigningRequest);
    expect(await requests.find('subject-forged', { signal: lab.signal })).toBeUndefined();
  });
});

describe('an object without its cluster, or no object at all', () => {
  test.each(ROWS)('$what', async ({ dataType, object, unknown = {} }) => {
    const resyncs = await resyncCodes(dataType);
    const {
      metadata: { namespace: _, labels: __, ...metadata },
      ...rest
    } = object(OTHER);
    const nobodys = await surprises({ cluster: OWN, dataType, payload: { ...rest, metadata } }, 'PERMISSION_DENIED');
    expect(nobodys).toEqual({ ...resyncs, ...unknown });
    const absent = await surprises({ cluster: OWN, dataType }, 'PERMISSION_DENIED');
    const unread = Object.keys(resyncs).map((action) => [action, 'FAILED_PRECONDITION']);
    expect(absent).toEqual(Object.fromEntries(unread));
    expect(await possessions()).toEqual(before);
  });
});

describe('what the other cluster is told is not heard', () => {
  const types = [...ROWS, { what: 'bundle', dataType: dataTypes.bundle }];

  test.each(types)('$what', async ({ dataType }) => {
    await expect(agent.listen(OTHER, dataType)).rejects.toThrow(/^PERMISSION_DENIED/);
  });

  test.each(['', '*', `${OWN}/../${OTHER}`, `${OTHER}\0`, ' '])('nor is it under the name %j', async (cluster) => {
    const heard = await agent.listen(cluster, dataTypes.bundle).catch((error: Error) => error.message);
    expect(heard).toMatch(/^(PERMISSION_DENIED|INVALID_ARGUMENT)/);
  });

  test('a resync for it is not answered, not even on an own stream', async () => {
    const stream: RawStream = await agent.listen(OWN, dataTypes.bundle);
    const payload = { resourceVersions: [] };
    const message = { dataType: dataTypes.bundle, action: 'spec.resync_request', payload };
    expect(codeOf(await agent.publish({ ...message, cluster: OTHER }))).toBe('PERMISSION_DENIED');
    expect(codeOf(await agent.publish({ ...message, cluster: OWN }))).toBe('OK');
    expect(stream.events).toEqual([]);
  });
});

describe('a name that only looks like one', () => {
  const names = [
    OTHER.toUpperCase(),
    ` ${OTHER}`,
    `${OTHER} `,
    `${OTHER}.`,
    `${OTHER}\0`,
    `${OTHER}\u200b`,
    OTHER.replace('o', '\u043e'), // Cyrillic
    '%6eeighbour',
    `${OWN}:${OTHER}`,
    `${OWN}/${OTHER}`,
    OWN.slice(0, -1),
    `${OWN}2`,
    'n'.repeat(254),
    '__proto__',
  ];

  test.each(names)('%j is nobody that the agent speaks for', async (cluster) => {
    const message = { cluster, dataType: dataTypes.lease, action: 'spec.update_request' };
    for (const owner of [OTHER, OWN, cluster]) {
      expect(codeOf(await agent.publish({ ...message, payload: leaseOf(owner) }))).toBe('PERMISSION_DENIED');
    }
    await expect(agent.listen(cluster, dataTypes.lease)).rejects.toThrow(/^PERMISSION_DENIED/);
    expect(await possessions()).toEqual(before);
  });
});

describe('whatever else an event says of its cluster, one is authorised and the same is written', () => {
  const lease = JSON.stringify(leaseOf(OTHER));
  const structured = (clustername: string): RawEvent =>
    rawLease(
      { contenttype: { ce_string: 'application/cloudevents+json' } },
      JSON.stringify({
        specversion: '1.0',
        id: UUID,
        source: OWN,
        type: LEASE_UPDATE,
        clustername,
        data: leaseOf(OTHER),
      }),
    );

  test.each<[string, RawEvent]>([
    ['the name once more in another case', rawLease({ 'ce-clusterName': { ce_string: OTHER } }, lease)],
    ['the name once more without its prefix', rawLease({ clustername: { ce_string: OTHER } }, lease)],
    ['the name once more with another prefix', rawLease({ 'CE-clustername': { ce_string: OTHER } }, lease)],
    ['a whole event of the own cluster inside', structured(OWN)],
    ['a whole event of the other cluster inside', structured(OTHER)],
    ['two namespaces', rawLease({}, lease.replace('"namespace"', `"namespace":"${OWN}","namespace"`))],
    ['two metadata', rawLease({}, lease.replace('"metadata"', `"metadata":{"namespace":"${OWN}"},"metadata"`))],
    ['a path as name', rawLease({}, JSON.stringify(leaseOf(OTHER, `../../${OTHER}/leases/managed-cluster-lease`)))],
  ])('%s', async (_what, event) => {
    expect(codeOf(await agent.client.publish(event))).toBe('PERMISSION_DENIED');
    expect(await possessions()).toEqual(before);
  });

  test.each([
    { ce_bytes: Buffer.from(OWN) },
    { ce_boolean: true },
    { ce_integer: 1 },
    { ce_timestamp: { seconds: 1 } },
  ])('a name that is %j is none', async (clustername) => {
    const ended = await agent.client.publish(rawLease({ 'ce-clustername': clustername }, lease));
    expect(codeOf(ended)).toBe('INVALID_ARGUMENT');
  });

  test('a path as the name of an own object leads nowhere', async () => {
    for (const name of [`../../${OTHER}/leases/managed-cluster-lease`, '..', '.', `managed-cluster-lease?x=${OTHER}`]) {
      const ended = await agent.client.publish(rawLease({}, JSON.stringify(leaseOf(OWN, name))));
      expect({ name, code: codeOf(ended) }).toEqual({ name, code: 'FAILED_PRECONDITION' });
    }
    expect(await possessions()).toEqual(before);
  });

  test('who lists the work of another cluster in a resync hears of it what he hears of one that never was', async () => {
    const stream = await agent.listen(OWN, dataTypes.bundle);
    const ids = [victim.metadata.uid ?? '', UUID];
    const payload = { resourceVersions: ids.map((resourceID) => ({ resourceID, resourceVersion: 1 })) };
    const message = { cluster: OWN, dataType: dataTypes.bundle, action: 'spec.resync_request', payload };
    expect(codeOf(await agent.publish(message))).toBe('OK');
    const told = await Promise.all(
      ids.map((id) => stream.next((event) => extension(event, 'resourceid') === id, `an answer about ${id}`)),
    );
    const [ofVictim, ofNobody] = told.map((event) => ({
      type: event.type,
      source: event.source,
      version: extension(event, 'resourceversion'),
      attributes: Object.keys(event.attributes).toSorted(),
    }));
    expect(ofVictim).toEqual(ofNobody);
    expect(told.map((event) => payloadOf(event))).toEqual([undefined, undefined]);
    stream.cancel();
  });
});

function leaseOf(namespace: string, name = 'managed-cluster-lease'): KubeObject {
  return withType(Lease, { metadata: { name, namespace } });
}

/** A renewal of a lease that names the own cluster, unless the attributes say otherwise. */
function rawLease(attributes: RawEvent['attributes'], payload: string): RawEvent {
  return {
    id: UUID,
    source: OWN,
    spec_version: '1.0',
    type: LEASE_UPDATE,
    attributes: { 'ce-clustername': { ce_string: OWN }, ...attributes },
    binary_data: Buffer.from(payload),
  };
}

/** A bundle that reports, or wants, something about a work. */
function bundleOf({ metadata: { uid = '', generation = 0 } }: ManifestWork): Omit<Message, 'cluster' | 'action'> {
  return {
    dataType: dataTypes.bundle,
    payload: {
      conditions: [aCondition({ type: 'Deleted', status: 'True' })],
      manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }],
    },
    extensions: {
      resourceid: uid,
      resourceversion: generation,
      sequenceid: '1834773391719010304',
      originalsource: 'kube',
      metadata: JSON.stringify({ name: 'w', namespace: OTHER }),
    },
  };
}

/** Which resyncs of the own cluster an agent may ask for: what is asked with an object as payload holds nothing, and is answered. */
async function resyncCodes(dataType: DataType): Promise<Readonly<Record<string, string>>> {
  const codes = await surprises({ cluster: OWN, dataType, payload: {} }, 'PERMISSION_DENIED');
  return Object.fromEntries(Object.entries(codes).filter(([action]) => action.endsWith('.resync_request')));
}
