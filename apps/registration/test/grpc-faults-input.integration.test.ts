import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@ocm/testing';
import { array, assert, asyncProperty, constantFrom, integer, oneof, record, uint8Array } from 'fast-check';
import { type AgentOf, type FaultsLab, startFaultsLab, type WorkRef } from './grpc-faults-lab.ts';
import { agentEvent, BUNDLES, resyncEvent, statusEvent, text } from './agent-events.ts';
import { type RawAttribute, type RawEvent, encodePublication } from './grpc-client.ts';

const MIB = 1024 * 1024;
/** Inputs that one case of a property sends at once. */
const BATCH = 10;
/** For the long run, with a hundred times as many. */
const LONGEST_FUZZING_MS = 1_800_000;
/** What a server may answer to something that no peer would send. */
const REFUSALS = ['INVALID_ARGUMENT', 'PERMISSION_DENIED', 'FAILED_PRECONDITION'];

let lab: FaultsLab;
let agent: AgentOf;
let work: WorkRef;

beforeAll(async () => {
  lab = await startFaultsLab();
  agent = await lab.addCluster('sender');
  work = await agent.createWork('work');
  await untilKnown(work);
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** The server's cache has the work: its agent is told of it. */
async function untilKnown({ cluster, uid }: WorkRef): Promise<void> {
  const stream = agent.client.subscribe(cluster, BUNDLES);
  await stream.ids;
  await until(
    async () => {
      await agent.client.publish(resyncEvent(cluster));
      return stream.events.some(({ attributes }) => JSON.stringify(attributes).includes(uid));
    },
    { describe: `the server tells of work ${uid}` },
  );
  stream.cancel();
}

async function statusMessage(): Promise<string | undefined> {
  return (await agent.findWork('work'))?.status?.conditions?.[0]?.message;
}

describe('events that cannot be meant', () => {
  const missing: Readonly<Record<string, RawAttribute>> = { contenttype: text('application/json') };

  test.each<{ readonly what: string; readonly event: () => RawEvent | undefined; readonly code: readonly string[] }>([
    { what: 'a request without an event', event: () => undefined, code: ['INVALID_ARGUMENT'] },
    {
      what: 'an event without attributes',
      event: () => ({ ...statusEvent(work, 'x'), attributes: {} }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'an event without a cluster',
      event: () => ({ ...statusEvent(work, 'x'), attributes: missing }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'a cluster that is a number',
      event: () => withAttribute('ce-clustername', { ce_integer: 1 }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'a cluster that is bytes',
      event: () => withAttribute('ce-clustername', { ce_bytes: Buffer.from('sender') }),
      code: ['INVALID_ARGUMENT'],
    },
    { what: 'an attribute without a value', event: () => withAttribute('ce-extra', {}), code: ['INVALID_ARGUMENT'] },
    { what: 'a name with a dash', event: () => withAttribute('ce-ex-tra', text('1')), code: ['INVALID_ARGUMENT'] },
    {
      what: 'version 9.9 of CloudEvents',
      event: () => statusEvent(work, 'x', { spec_version: '9.9' }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'no version of CloudEvents',
      event: () => statusEvent(work, 'x', { spec_version: '' }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'a type of four segments',
      event: () => agentEvent('sender', 'works.v1.spec.update_request'),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'subresource scale',
      event: () => agentEvent('sender', `${BUNDLES}.scale.update_request`),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'an unknown action',
      event: () => agentEvent('sender', `${BUNDLES}.status.explode_request`),
      code: ['PERMISSION_DENIED'],
    },
    {
      what: 'an unknown version of a data type',
      event: () => agentEvent('sender', 'coordination.k8s.io.v9.leases.spec.update_request'),
      code: ['PERMISSION_DENIED'],
    },
    {
      what: 'an unknown data type',
      event: () => agentEvent('sender', 'example.com.v1.things.spec.update_request'),
      code: ['PERMISSION_DENIED'],
    },
    {
      what: 'the version of a work that is a word',
      event: () => withAttribute('ce-resourceversion', text('many')),
      code: REFUSALS,
    },
    {
      what: 'the version of a work that is true',
      event: () => withAttribute('ce-resourceversion', { ce_boolean: true }),
      code: REFUSALS,
    },
    {
      what: 'the id of a work that is a number',
      event: () => withAttribute('ce-resourceid', { ce_integer: 7 }),
      code: REFUSALS,
    },
    {
      what: 'a sequence id that is a number',
      event: () => withAttribute('ce-sequenceid', { ce_integer: 7 }),
      code: REFUSALS,
    },
    {
      what: 'a payload that is no JSON',
      event: () => statusEvent(work, 'x', { binary_data: Buffer.from('{"conditions":') }),
      code: REFUSALS,
    },
    {
      what: 'a payload that is a list',
      event: () => statusEvent(work, 'x', { binary_data: Buffer.from('[]') }),
      code: REFUSALS,
    },
    {
      what: 'conditions that are a number',
      event: () => statusEvent(work, 'x', { binary_data: Buffer.from('{"conditions":7}') }),
      code: REFUSALS,
    },
    {
      what: 'a structured event that is no JSON',
      event: () =>
        statusEvent(work, 'x', {
          attributes: { contenttype: text('application/cloudevents+json') },
          binary_data: Buffer.from('{'),
        }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'a batch',
      event: () =>
        statusEvent(work, 'x', {
          attributes: { contenttype: text('application/cloudevents-batch+json') },
          binary_data: Buffer.from('[]'),
        }),
      code: ['INVALID_ARGUMENT'],
    },
    {
      what: 'a resync of zero bytes',
      event: () => ({ ...resyncEvent('sender'), binary_data: Buffer.alloc(0) }),
      code: ['FAILED_PRECONDITION'],
    },
    {
      what: 'a resync whose list is a word',
      event: () => ({ ...resyncEvent('sender'), binary_data: Buffer.from('{"resourceVersions":"all"}') }),
      code: ['FAILED_PRECONDITION'],
    },
  ])('$what is refused, and nothing is stored', async ({ event, code }) => {
    const ending = await agent.client.publish(event());
    expect(code).toContain(ending.code);
    expect(ending.details).not.toBe('');
    expect(await statusMessage()).not.toBe('x');
  });

  test('attributes that nobody knows, and those without a prefix, do no harm', async () => {
    const attributes = { 'ce-unheardof': text('1'), strange: text('2'), 'CE-CLUSTERNAME': text('other') };
    expect(await agent.client.publish(statusEvent(work, 'odd attributes', { attributes }))).toMatchObject({
      code: 'OK',
    });
    expect(await statusMessage()).toBe('odd attributes');
  });

  test.each(['invalid-type', 'example.com.v1.things', 'coordination.k8s.io.v9.leases', '', '.'.repeat(1000)])(
    'a subscription of "%s" is refused before a header is sent',
    async (dataType) => {
      const stream = agent.client.subscribe('sender', dataType);
      await expect(stream.ids).rejects.toThrow('PERMISSION_DENIED');
    },
  );
});

describe('clocks that are wrong', () => {
  test.each([
    { clock: 'a year behind', seconds: 1_700_000_000, sequence: '1' },
    { clock: 'before 1970', seconds: -5_000_000_000, sequence: '0' },
    { clock: 'a hundred years ahead', seconds: 4_900_000_000, sequence: '9223372036854775807' },
  ])('the status of an agent whose clock is $clock is stored', async ({ clock, seconds, sequence }) => {
    const attributes = { 'ce-time': { ce_timestamp: { seconds } }, 'ce-sequenceid': text(sequence) };
    expect(await agent.client.publish(statusEvent(work, clock, { attributes }))).toEqual({ code: 'OK', details: '' });
    expect(await statusMessage()).toBe(clock);
  });
});

describe('messages that are too large', () => {
  test('5 MiB are refused, and the connection lives on', async () => {
    const stream = agent.client.subscribe('sender', BUNDLES);
    await stream.ids;
    const huge = statusEvent(work, 'huge', { binary_data: Buffer.alloc(5 * MIB, 'x') });
    expect(await agent.client.publish(huge)).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect(await agent.client.publish(statusEvent(work, 'after the huge one'))).toMatchObject({ code: 'OK' });
    await agent.client.publish(resyncEvent('sender'));
    await until(() => stream.events.length > 0, { describe: 'the stream of the same connection delivers' });
    stream.cancel();
  });

  test.each([
    { what: '50,000 attributes', event: () => statusEvent(work, 'x', { attributes: manyAttributes(50_000) }) },
    {
      what: 'an attribute of 3 MiB',
      event: () => statusEvent(work, 'x', { attributes: { 'ce-metadata': text('"'.repeat(3 * MIB)) } }),
    },
    { what: 'JSON of a million levels', event: () => statusEvent(work, 'x', { binary_data: Buffer.alloc(MIB, '[') }) },
    {
      what: 'a resync of 20,000 works that nobody knows',
      event: () => ({ ...resyncEvent('sender'), binary_data: heldWorks(20_000) }),
    },
    { what: 'a status of 3 MiB', event: () => statusEvent(work, 'y'.repeat(3 * MIB)) },
  ])('$what: an answer within 5 s, and others are served meanwhile', async ({ event }) => {
    const bytes = encodePublication(event());
    const begin = performance.now();
    const answer = agent.client.publishBytes(bytes);
    const other = lab.client(agent.pair);
    expect(await other.publish(undefined)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const { code } = await answer;
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(['OK', 'RESOURCE_EXHAUSTED', ...REFUSALS]).toContain(code);
    expect(lab.server.output()).not.toContain('FATAL ERROR');
  });
});

describe('bytes that no protobuf library wrote', () => {
  const damage = oneof(
    record({
      how: constantFrom('flip', 'set', 'cut', 'insert', 'double'),
      at: integer({ min: 0, max: 2000 }),
      with: integer({ min: 0, max: 255 }),
    }),
  );
  const input = oneof(
    {
      weight: 6,
      arbitrary: record({ base: integer({ min: 0, max: 3 }), damages: array(damage, { minLength: 1, maxLength: 6 }) }),
    },
    { weight: 1, arbitrary: uint8Array({ maxLength: 300 }) },
  );

  test(
    'a thousand broken requests get a code each; the server neither ends nor grows, and serves on',
    async () => {
      const originals = bases();
      const bystander = await lab.addCluster('bystander');
      const untouched = await bystander.createWork('untouched');
      const warmUp = async (): Promise<void> => {
        for (let round = 0; round < 20; round += 1)
          await Promise.all(originals.map((bytes) => agent.client.publishBytes(bytes)));
      };
      await warmUp();
      const before = await lab.residentMiB();
      await assert(
        asyncProperty(array(input, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
          await Promise.all(
            batch.map((each) => sendBroken(each instanceof Uint8Array ? Buffer.from(each) : damaged(originals, each))),
          );
        }),
      );
      expect(lab.server.output()).not.toContain('FATAL ERROR');
      expect((await lab.residentMiB()) - before).toBeLessThan(80);
      expect((await bystander.findWork('untouched'))?.metadata).toMatchObject({ uid: untouched.uid, generation: 1 });
      expect((await bystander.findWork('untouched'))?.status).toBeUndefined();
      await until(async () => (await agent.client.publish(statusEvent(work, 'after all'))).code === 'OK', {
        describe: 'an honest publication is accepted',
      });
      expect(await statusMessage()).toBe('after all');
    },
    LONGEST_FUZZING_MS,
  );

  test('frames that lie about their length end their call and no other', async () => {
    for (const bytes of [
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      Buffer.from([0x0a, 0x7f]),
      Buffer.alloc(100_000, 0x0b),
      Buffer.alloc(64, 0xff),
    ]) {
      expect(['INTERNAL', 'INVALID_ARGUMENT']).toContain((await agent.client.publishBytes(bytes)).code);
    }
    expect(await agent.client.publish(statusEvent(work, 'still here'))).toMatchObject({ code: 'OK' });
  });
});

function withAttribute(name: string, value: RawAttribute): RawEvent {
  return statusEvent(work, 'x', { attributes: { [name]: value } });
}

function manyAttributes(count: number): Readonly<Record<string, RawAttribute>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`ce-x${index}`, text('v')]));
}

function heldWorks(count: number): Buffer {
  const resourceVersions = Array.from({ length: count }, (_, index) => ({
    resourceID: `unheard-of-${index}`,
    resourceVersion: 1,
  }));
  return Buffer.from(JSON.stringify({ resourceVersions }));
}

function bases(): readonly Buffer[] {
  return [
    encodePublication(statusEvent(work, 'fuzzed')),
    encodePublication(resyncEvent('sender')),
    encodePublication(
      agentEvent('sender', 'coordination.k8s.io.v1.leases.spec.update_request', {
        binary_data: Buffer.from('{"metadata":{"name":"l","namespace":"sender"},"spec":{}}'),
      }),
    ),
    encodePublication(
      agentEvent('sender', 'events.k8s.io.v1.events.spec.update_request', {
        binary_data: Buffer.from('{"metadata":{"name":"e","namespace":"sender"}}'),
      }),
    ),
  ];
}

/** Throws when the answer is one that no server should give. */
async function sendBroken(bytes: Buffer): Promise<void> {
  const { code, details } = await agent.client.publishBytes(bytes);
  // INTERNAL is what gRPC says to bytes that are no message.
  if (!['OK', 'INTERNAL', 'RESOURCE_EXHAUSTED', ...REFUSALS].includes(code)) {
    throw new Error(`code ${code} (${details}) for ${bytes.toString('hex')}`);
  }
}

interface DamagedInput {
  readonly base: number;
  readonly damages: readonly { readonly how: string; readonly at: number; readonly with: number }[];
}

function damaged(originals: readonly Buffer[], { base, damages }: DamagedInput): Buffer {
  let bytes = Buffer.from(originals[base] ?? Buffer.alloc(0));
  for (const { how, at, with: value } of damages) {
    const place = at % Math.max(1, bytes.length);
    const before = bytes.subarray(0, place);
    if (how === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << (value % 8));
    else if (how === 'set') bytes[place] = value;
    else if (how === 'cut') bytes = Buffer.from(before);
    else if (how === 'insert') bytes = Buffer.concat([before, Buffer.from([value]), bytes.subarray(place)]);
    else bytes = Buffer.concat([bytes, bytes.subarray(place)]);
  }
  return bytes;
}
