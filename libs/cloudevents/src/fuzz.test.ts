import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  type Arbitrary,
  array,
  assert,
  constant,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  nat,
  oneof,
  option,
  property,
  record,
  sample,
  string,
  uint8Array,
} from 'fast-check';
import { workOfBundle, workOfBundleStatus } from './bundle.ts';
import { judgeAgentEvent } from './client/judge-event.ts';
import { type CloudEvent, EventError, stringAttribute } from './event.ts';
import { dataTypes } from './event-type.ts';
import { kubeObjectOfEvent } from './kube-object-event.ts';
import { ofMqttMessage } from './mqtt/mqtt-message.ts';
import { decodeEvent, encodeEvent } from './protobuf.ts';
import { decodeHeldHashes, decodeHeldVersions } from './resync.ts';
import { judgeSourceEvent } from './source/judge-source-event.ts';

// 1,000 inputs for each reader, 100,000 in the long run.
const LONG_FACTOR = 10;
const INPUTS =
  process.env['OCM_PROPERTY_RUNS'] === undefined ? 1000 : LONG_FACTOR * Number(process.env['OCM_PROPERTY_RUNS']);
const TIMEOUT_MS = 600_000;

const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const DEEP = 50_000;

/** Every reader of what peers send, and what it reads. */
const readers: Readonly<Record<string, (event: CloudEvent) => unknown>> = {
  'a bundle': workOfBundle,
  'the status of a bundle': workOfBundleStatus,
  'a Kubernetes object': kubeObjectOfEvent,
  'versions that are held': ({ data }) => decodeHeldVersions(data),
  'hashes that are held': ({ data }) => decodeHeldHashes(data),
  'an event for an agent': (event) => judgeAgentEvent(event, { clusterName: 'c1', dataType: dataTypes.bundle }),
  'an event for a source': (event) => judgeSourceEvent(event, 's1'),
};

const payloads = [
  {
    manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'd' }, data: { a: 'b' } }],
    manifestConfigs: [],
    deleteOption: { propagationPolicy: 'Orphan' },
    executer: { subject: { type: 'ServiceAccount' } },
  },
  {
    conditions: [{ type: 'Applied', status: 'True' }],
    resourceStatus: [{ resourceMeta: { ordinal: 0 }, conditions: [] }],
  },
  { resourceVersions: [{ resourceID: 'u1', resourceVersion: 7 }] },
  { statusHashes: [{ resourceID: 'u1', statusHash: 'abc' }] },
  {
    apiVersion: 'v1',
    kind: 'Lease',
    metadata: { name: 'l', namespace: 'c1', labels: { a: 'b' } },
    spec: { renewTime: 'x' },
  },
];
const attributes: Readonly<Record<string, string>> = {
  clustername: 'c1',
  originalsource: 's1',
  resourceid: 'u1',
  resourceversion: '7',
  sequenceid: '1834773391719010304',
  metadata: JSON.stringify({ name: 'w', namespace: 'c1', labels: { a: 'b' }, annotations: {}, finalizers: ['f'] }),
  logtracing: '{}',
};

const odd = oneof(
  { weight: 8, arbitrary: jsonValue() },
  { weight: 1, arbitrary: constantFrom<unknown>(2 ** 53, -1, 1e308, '', '\0', '9'.repeat(400), [], {}, null, true) },
  { weight: 1, arbitrary: nat({ max: 200 }).map((depth) => nested(depth)) },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** The value with one of its parts, whichever, replaced or taken away. */
function mutated(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length === 0) return replacement;
  const [key = ''] = entries[step % entries.length] ?? [];
  const next = entries.flatMap(([name, part]) => {
    if (name !== key) return [[name, part]];
    const changed = mutated(part, rest, replacement);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Array.isArray(value) ? next.map(([, part]) => part) : Object.fromEntries(next);
}

const payload: Arbitrary<Uint8Array> = oneof(
  {
    weight: 6,
    arbitrary: record({
      base: constantFrom(...payloads),
      path: array(nat(), { maxLength: 5 }),
      replacement: option(odd, { nil: undefined }),
    }).map(({ base, path, replacement }) => Buffer.from(JSON.stringify(mutated(base, path, replacement)) ?? '')),
  },
  {
    weight: 2,
    arbitrary: record({ base: constantFrom(...payloads), at: nat(), byte: integer({ min: 0, max: 255 }) }).map(
      ({ base, at, byte }) => {
        const bytes = Buffer.from(JSON.stringify(base));
        bytes[at % bytes.length] = byte;
        return bytes;
      },
    ),
  },
  { weight: 1, arbitrary: uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
);

const oddText = oneof(
  string({ unit: 'binary' }),
  odd.map((value) => JSON.stringify(value)),
  constantFrom('7', '-1', '1e9', '2026-01-31T09:00:00Z', '[]', '{'),
);
const extensionValues = dictionary(
  constantFrom(...Object.keys(attributes), 'deletiontimestamp', 'x'),
  option(oddText, { nil: undefined }),
  { maxKeys: 3 },
).map((changes) => ({ ...attributes, ...changes }));
const type = oneof(
  constantFrom(
    ...['spec.create_request', 'status.update_request', 'spec.resync_request', 'status.resync_request'].map(
      (suffix) => `${BUNDLES}.${suffix}`,
    ),
  ),
  string(),
);
const event = record({ type, values: extensionValues, data: option(payload, { nil: undefined }) }).map(
  ({ type: name, values, data }): CloudEvent => ({
    id: '1',
    source: 's1',
    type: name,
    extensions: new Map(
      Object.entries(values).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, stringAttribute(value)] as const],
      ),
    ),
    data,
  }),
);

/** Reads, or refuses with the only error that may come out. */
function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
  }
}

test.each(Object.entries(readers))(
  '%s: whatever the event has, it is read or refused with an EventError',
  (_what, read) => {
    assert(
      property(event, (each) => readOrRefuse(() => read(each))),
      { numRuns: INPUTS },
    );
  },
  TIMEOUT_MS,
);

test.each(Object.entries(readers))('%s: neither depth nor length of JSON is too much', (_what, read) => {
  const list = '['.repeat(DEEP) + ']'.repeat(DEEP);
  const map = '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP);
  for (const text of [
    list,
    map,
    `{"manifests":${list}}`,
    `{"manifests":[{"kind":"A","metadata":{"name":"n"},"x":${map}}]}`,
    `{"conditions":${list}}`,
    `{"metadata":{"name":"n","x":${list}}}`,
  ]) {
    const extensions = new Map(
      Object.entries(attributes).map(([name, value]) => [name, stringAttribute(value)] as const),
    );
    const each: CloudEvent = {
      id: '1',
      source: 's',
      type: `${BUNDLES}.spec.create_request`,
      extensions,
      data: Buffer.from(text),
    };
    readOrRefuse(() => read(each));
    readOrRefuse(() => read({ ...each, extensions: new Map([...extensions, ['metadata', stringAttribute(text)]]) }));
    const document = `{"specversion":"1.0","id":"1","source":"s","type":"t","data":${text}}`;
    readOrRefuse(() => ofMqttMessage({ payload: Buffer.from(document), contentType: 'application/cloudevents+json' }));
  }
});

describe('bytes', () => {
  test(
    'of a protobuf message with changes anywhere are an event or an EventError',
    () => {
      const changes = array(record({ at: nat(), byte: integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 4 });
      assert(
        property(event, changes, nat(), (each, places, length) => {
          const bytes = Buffer.from(encodeEvent(each));
          for (const { at, byte } of places) bytes[at % bytes.length] = byte;
          readOrRefuse(() => decodeEvent(bytes));
          readOrRefuse(() => decodeEvent(bytes.subarray(0, length % bytes.length)));
        }),
        { numRuns: INPUTS },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'of an MQTT message, binary or structured, are an event or an EventError',
    () => {
      const contentType = option(
        oneof(
          constantFrom<unknown>(
            'application/json',
            'application/cloudevents+json',
            'application/cloudevents-batch+json',
            ['a', 'b'],
          ),
          string(),
        ),
        { nil: undefined },
      );
      const key = oneof(
        constantFrom('ce-specversion', 'ce-id', 'ce-source', 'ce-type', 'ce-time', 'ce-clustername'),
        string(),
      );
      const text = oneof(string({ unit: 'binary' }), constantFrom('1.0', '0.3', '2026-01-31T09:00:00Z'));
      const userProperties = option(dictionary(key, oneof(text, array(text, { minLength: 2, maxLength: 3 }))), {
        nil: undefined,
      });
      const structured = record(
        {
          specversion: oneof(constant('1.0'), odd),
          id: oneof(string(), odd),
          source: oneof(string(), odd),
          type: oneof(string(), odd),
          time: oneof(constant('2026-01-31T09:00:00Z'), odd),
          data: odd,
          data_base64: odd,
          clustername: odd,
        },
        { requiredKeys: [] },
      ).map((document) => Buffer.from(JSON.stringify(document)));
      assert(
        property(oneof(payload, structured), contentType, userProperties, (data, media, properties) => {
          readOrRefuse(() => ofMqttMessage({ payload: data, contentType: media, userProperties: properties }));
        }),
        { numRuns: INPUTS },
      );
    },
    TIMEOUT_MS,
  );
});

test(
  'nothing of what was read is kept',
  () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const events = sample(event, { numRuns: 1000, seed: 1 });
    const readAll = (): number => {
      for (const each of events) for (const read of Object.values(readers)) readOrRefuse(() => read(each));
      collect();
      return process.memoryUsage().heapUsed;
    };
    readAll();
    const before = readAll();
    for (let round = 0; round < 3; round += 1) readAll();
    expect(readAll() - before).toBeLessThan(3_000_000);
  },
  TIMEOUT_MS,
);
