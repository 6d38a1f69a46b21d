import { annotations, finalizers, labels, type ManifestWork } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import {
  bundleEvent,
  bundleStatusEvent,
  packSpec,
  unknownBundleEvent,
  unpackSpec,
  workOfBundle,
  workOfBundleStatus,
} from './bundle.ts';
import type { CloudEvent } from './event.ts';
import { extensions } from './event-metadata.ts';
import { decodeEvent, encodeEvent } from './protobuf.ts';

const ENVELOPE = { id: '1', source: 'kube', time: new Date('2024-01-02T03:04:05.678Z') };
const TRACE = 'logging.open-cluster-management.io/op-id';
const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cm', namespace: 'default' },
  data: { a: 'b' },
};
const WORK: ManifestWork = {
  metadata: {
    name: 'w',
    namespace: 'cluster1',
    uid: 'uid-1',
    generation: 3,
    resourceVersion: '4711',
    labels: { team: 'a' },
    annotations: { [TRACE]: 'op7', note: 'x' },
  },
  spec: {
    workload: { manifests: [manifest] },
    deleteOption: { propagationPolicy: 'Orphan' },
    executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'sa' } } },
  },
};
const DELETING: ManifestWork = { ...WORK, metadata: { ...WORK.metadata, deletionTimestamp: '2024-01-02T03:04:05Z' } };

const overTheWire = (event: CloudEvent): CloudEvent => decodeEvent(encodeEvent(event));
const payloadOf = ({ data }: CloudEvent): unknown => JSON.parse(Buffer.from(data ?? []).toString());
const without = (event: CloudEvent, name: string): CloudEvent => ({
  ...event,
  extensions: new Map([...event.extensions].filter(([key]) => key !== name)),
});
const withPayload = (payload: unknown): CloudEvent => ({
  ...bundleEvent(WORK, 'update_request', ENVELOPE),
  data: Buffer.from(JSON.stringify(payload)),
});

test('a work that is held packed makes the same event, and its content can be had again', () => {
  const { metadata, spec } = WORK;
  const packed = { metadata, payload: packSpec(WORK) };
  expect(bundleEvent(packed, 'update_request', ENVELOPE)).toEqual(bundleEvent(WORK, 'update_request', ENVELOPE));
  expect([unpackSpec(packed), unpackSpec(WORK)]).toEqual([spec, spec]);
});

describe('a work on its way to the agent', () => {
  test('keeps integers of manifests beyond 2^53', () => {
    const data = Buffer.from(JSON.stringify({ manifests: [manifest] }).replace('"b"', '9007199254740993'));
    const work = workOfBundle({ ...bundleEvent(WORK, 'update_request', ENVELOPE), data });
    expect(JSON.stringify(work.spec)).toContain('"a":9007199254740993');
  });

  const event = overTheWire(bundleEvent(WORK, 'create_request', ENVELOPE));

  test('has the generation as an integer, and the executor as peers spell it', () => {
    expect(event.type).toBe('io.open-cluster-management.works.v1alpha1.manifestbundles.spec.create_request');
    expect(event.extensions.get(extensions.resourceVersion)).toEqual({ kind: 'integer', value: 3 });
    expect(event.extensions.get(extensions.originalSource)).toEqual({ kind: 'string', value: '' });
    expect(payloadOf(event)).toEqual({
      manifests: [manifest],
      deleteOption: { propagationPolicy: 'Orphan' },
      executer: WORK.spec?.executor,
    });
  });

  test('arrives whole, with its source, and without the version of the hub', () => {
    const { resourceVersion: _, ...metadata } = WORK.metadata;
    expect(workOfBundle(event)).toEqual({
      metadata: {
        ...metadata,
        annotations: {
          ...metadata.annotations,
          [annotations.eventDataType]: 'io.open-cluster-management.works.v1alpha1.manifestbundles',
        },
        labels: { team: 'a', [labels.originalSource]: 'kube' },
      },
      spec: WORK.spec,
    });
  });

  test('is a deletion without payload when it is being deleted, with the finalizer that makes the agent clean up', () => {
    const deletion = overTheWire(bundleEvent(DELETING, 'update_request', ENVELOPE));
    expect(deletion.data).toBeUndefined();
    const { metadata, spec } = workOfBundle(deletion);
    expect(metadata.deletionTimestamp).toBe('2024-01-02T03:04:05Z');
    expect([metadata.finalizers, spec]).toEqual([[finalizers.work], undefined]);
  });

  test('without metadata is named by its id', () => {
    const { metadata } = workOfBundle(without(without(event, extensions.metadata), extensions.logTracing));
    expect(metadata).toMatchObject({ name: 'uid-1', namespace: 'cluster1', generation: 3 });
  });

  test('that nobody knows is a deletion with the version that was reported', () => {
    const unknown = unknownBundleEvent({ cluster: 'cluster1', resourceId: 'uid-9', version: 5 }, ENVELOPE);
    expect(workOfBundle(overTheWire(unknown)).metadata).toMatchObject({ uid: 'uid-9', generation: 5 });
    const old = without(unknown, extensions.resourceVersion);
    expect(workOfBundle(overTheWire(old)).metadata).toMatchObject({ uid: 'uid-9', generation: 0 });
  });

  test.each([extensions.resourceId, extensions.resourceVersion, extensions.clusterName])(
    'without %s is refused',
    (name) => {
      expect(() => workOfBundle(without(event, name))).toThrow(`extension attribute ${name} is missing`);
    },
  );

  test.each<{ what: string; payload: unknown; says: string }>([
    { what: 'no manifests', payload: {}, says: 'no manifests' },
    { what: 'an empty list', payload: { manifests: [] }, says: 'no manifests' },
    { what: 'a manifest that is no object', payload: { manifests: ['x'] }, says: 'manifests[0] is no object' },
    {
      what: 'a manifest without kind',
      payload: { manifests: [manifest, { metadata: { name: 'a' } }] },
      says: 'manifests[1] has no kind',
    },
    { what: 'a manifest without metadata', payload: { manifests: [{ kind: 'A' }] }, says: 'no metadata' },
    {
      what: 'a manifest without name',
      payload: { manifests: [{ kind: 'A', metadata: {} }] },
      says: 'no metadata.name',
    },
    {
      what: 'a generated name',
      payload: { manifests: [{ kind: 'A', metadata: { generateName: 'a' } }] },
      says: 'metadata.generateName',
    },
    {
      what: 'too many bytes',
      payload: { manifests: [{ ...manifest, data: { a: 'x'.repeat(500 * 1024) } }] },
      says: 'allowed are 512000',
    },
  ])('with $what is refused', ({ payload, says }) => {
    expect(() => workOfBundle(withPayload(payload))).toThrow(says);
  });

  test.each(['{', '[]', '"x"'])('with metadata %s is refused', (text) => {
    const broken = {
      ...event,
      extensions: new Map([...event.extensions, [extensions.metadata, { kind: 'string', value: text }] as const]),
    };
    expect(() => workOfBundle(broken)).toThrow(/attribute metadata is no JSON/);
  });
});

describe('a status on its way to the source', () => {
  const work: ManifestWork = {
    ...WORK,
    metadata: { ...WORK.metadata, labels: { [labels.originalSource]: 'src1' } },
    status: {
      conditions: [
        { type: 'Applied', status: 'True', reason: 'r', message: 'm', lastTransitionTime: '2024-01-02T03:04:05Z' },
      ],
    },
  };
  const event = overTheWire(
    bundleStatusEvent(work, { action: 'update_request', sequenceId: '1834773391719010304' }, ENVELOPE),
  );

  test('names its source, its generation, its place in the sequence and its hash', () => {
    expect(event.extensions.get(extensions.originalSource)).toEqual({ kind: 'string', value: 'src1' });
    expect(event.extensions.get(extensions.statusHash)).toMatchObject({
      value: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(payloadOf(event)).toEqual({ conditions: work.status?.conditions });
  });

  test('arrives with the sequence id', () => {
    const { metadata, status } = workOfBundleStatus(event);
    expect(status).toEqual(work.status);
    expect(metadata).toMatchObject({ uid: 'uid-1', name: 'w', generation: 3 });
    expect(metadata.annotations?.[annotations.eventSequenceId]).toBe('1834773391719010304');
  });

  test('without conditions is sent as null, as peers expect', () => {
    const bare = bundleStatusEvent({ ...work, status: {} }, { action: 'update_request', sequenceId: '1' }, ENVELOPE);
    expect(payloadOf(bare)).toEqual({ conditions: null });
    expect(workOfBundleStatus(bare).status).toEqual({});
  });

  test.each([extensions.resourceId, extensions.resourceVersion, extensions.sequenceId])(
    'without %s is refused',
    (name) => {
      expect(() => workOfBundleStatus(without(event, name))).toThrow(`extension attribute ${name} is missing`);
    },
  );

  test('of a work that did not come by an event is not sent', () => {
    expect(() => bundleStatusEvent(WORK, { action: 'update_request', sequenceId: '1' }, ENVELOPE)).toThrow(
      /did not come by an event/,
    );
  });
});
