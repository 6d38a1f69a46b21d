import { connect as connectSocket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '@ocm/testing';
import { type AgentOf, type FaultsLab, startFaultsLab } from './grpc-faults-lab.ts';
import { BUNDLES, resyncEvent, statusEvent } from './agent-events.ts';
import { type RawEvent, type RawStream, encodePublication } from './grpc-client.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const WORK_BYTES = 100 * KIB;

let lab: FaultsLab;
let other: AgentOf;
let otherStream: RawStream;

beforeAll(async () => {
  lab = await startFaultsLab();
  other = await lab.addCluster('other');
  otherStream = other.client.subscribe('other', BUNDLES);
  await otherStream.ids;
  await other.createWork('probe');
});
afterAll(async () => lab[Symbol.asyncDispose]());

function generationOf(event: RawEvent | undefined): number | undefined {
  const version = event?.attributes?.['ce-resourceversion'];
  return version !== undefined && 'ce_integer' in version ? version.ce_integer : undefined;
}

function contentOf(event: RawEvent | undefined): string | undefined {
  const payload = event?.binary_data?.toString() ?? '{}';
  const { manifests } = JSON.parse(payload) as {
    readonly manifests?: readonly { readonly data: { readonly content: string } }[];
  };
  return manifests?.[0]?.data.content.charAt(0);
}

/** Milliseconds from a change of the other cluster's work to its event. */
async function otherHears(letter: string): Promise<number> {
  const { generation } = await other.changeWork('probe', letter);
  const begin = performance.now();
  const find = (): number => otherStream.events.findIndex((event) => generationOf(event) === generation);
  await until(() => find() >= 0, { describe: `the other cluster hears of generation ${generation}` });
  return Math.max(0, (otherStream.arrivals[find()] ?? Infinity) - begin);
}

/** What usually is: a machine that is busy with something else takes its time now and then. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

test('[cloudevents-grpc 63] a subscriber that stops reading delays no other cluster and costs the server no memory', async () => {
  const stuck = await lab.addCluster('stuck');
  await stuck.createWork('large', WORK_BYTES);
  const stream = stuck.client.subscribe('stuck', BUNDLES);
  await stream.ids;
  stream.pause();
  const before = await lab.residentMiB();
  const waits: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    // 20 versions, each of which would fill the window of the connection.
    for (let change = 0; change < 20; change += 1)
      await stuck.changeWork('large', 'abcdefghij'.charAt(change % 10), WORK_BYTES);
    waits.push(await otherHears('klm'.charAt(round % 3)));
  }
  expect(median(waits)).toBeLessThan(1000);
  expect((await lab.residentMiB()) - before).toBeLessThan(80);
  const { generation } = await stuck.changeWork('large', 'z', WORK_BYTES);
  // It either gets the newest in the end, or is sent away and gets it with its next resync.
  stream.resume();
  const isCut = stream.ended.then(({ code }) => status[code]);
  const cut = new AbortController();
  const arrives = until(() => generationOf(stream.events.at(-1)) === generation, {
    describe: 'the newest version arrives',
    signal: cut.signal,
  });
  const outcome = await Promise.race([isCut, arrives.then(() => 'arrived')]);
  expect(['arrived', 'RESOURCE_EXHAUSTED', 'UNAVAILABLE']).toContain(outcome);
  if (outcome !== 'arrived') {
    cut.abort();
    await arrives.catch(() => undefined);
    const again = stuck.client.subscribe('stuck', BUNDLES);
    await again.ids;
    await stuck.client.publish(resyncEvent('stuck'));
    await until(() => contentOf(again.events.at(-1)) === 'z', {
      describe: 'the newest version arrives after a resync',
    });
  }
});

test('a slow reader gets the newest version of each work, not all that there were', async () => {
  const slow = await lab.addCluster('slow');
  const names = ['one', 'two', 'three'];
  for (const name of names) await slow.createWork(name, WORK_BYTES);
  const stream = slow.client.subscribe('slow', BUNDLES);
  await stream.ids;
  const done = new AbortController();
  const trickle = async (): Promise<void> => {
    while (!done.signal.aborted) {
      stream.pause();
      await new Promise((resolve) => setTimeout(resolve, 100));
      stream.resume();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const reading = trickle();
  const last = new Map<string, number>();
  for (let round = 0; round < 40; round += 1) {
    for (const name of names)
      last.set(name, (await slow.changeWork(name, 'ab'.charAt(round % 2), WORK_BYTES)).generation);
  }
  done.abort();
  await reading;
  const newest = Math.max(...last.values());
  const ended = stream.ended.then(() => 'ended');
  const arrived = until(() => names.length === stream.events.filter((event) => generationOf(event) === newest).length, {
    describe: 'the newest version of every work arrives',
  }).then(() => 'arrived');
  expect(await Promise.race([ended, arrived])).toBe('arrived');
  const generations = stream.events.map((event) => generationOf(event) ?? 0);
  expect(generations.length).toBeLessThanOrEqual(names.length * 41);
  stream.cancel();
});

test('a publisher that floods, with large and small messages, keeps its neighbours waiting for less than a second', async () => {
  const flood = await lab.addCluster('flood');
  const unknown = { cluster: 'flood', uid: 'no-such-work', generation: 1 };
  const codes = new Map<string, number>();
  const done = new AbortController();
  const pour = async (bytes: Buffer): Promise<void> => {
    while (!done.signal.aborted) {
      const { code } = await flood.client.publishBytes(bytes);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  const small = encodePublication(statusEvent(unknown, 'flood'));
  const large = encodePublication(statusEvent(unknown, 'f'.repeat(3 * MIB)));
  const pouring = Promise.all(Array.from({ length: 200 }, (_, index) => pour(index < 20 ? large : small)));
  const waits: number[] = [];
  try {
    for (let round = 0; round < 5; round += 1) {
      waits.push(await otherHears('nop'.charAt(round % 3)));
      const asked = performance.now();
      expect(await other.client.publish(resyncEvent('other'))).toMatchObject({ code: 'OK' });
      waits.push(performance.now() - asked);
    }
  } finally {
    done.abort();
    await pouring;
  }
  expect(median(waits)).toBeLessThan(1000);
  expect(['OK', 'RESOURCE_EXHAUSTED']).toEqual(expect.arrayContaining([...codes.keys()]));
  // It is held back, and not shut out.
  expect(codes.get('OK') ?? 0).toBeGreaterThan(100);
  await until(async () => (await flood.client.publish(resyncEvent('flood'))).code === 'OK', {
    describe: 'it is served when it is calm again',
  });
});

test('200 connections at once are all admitted, and those who were there first are served meanwhile', async () => {
  const crowd = await lab.addCluster('crowd');
  const clients = Array.from({ length: 200 }, () => lab.client(crowd.pair));
  const streams = clients.map((client) => client.subscribe('crowd', BUNDLES));
  const admitted = Promise.all(streams.map((stream) => stream.ids));
  await otherHears('q');
  const ids = await admitted;
  expect(new Set(ids).size).toBe(200);
  await crowd.createWork('news');
  await until(() => streams.every(({ events }) => events.length === 1), {
    describe: 'everybody hears the news',
    deadlineMs: 35_000,
  });
  for (const client of clients) client[Symbol.dispose]();
});

test('connections that say nothing, or no TLS, are not in the way', async () => {
  const sockets = Array.from({ length: 100 }, () => connectSocket(lab.port, '127.0.0.1').on('error', () => undefined));
  for (const [index, socket] of sockets.entries()) if (index % 2 === 0) socket.write('GET / HTTP/1.1\r\n\r\n');
  const newcomer = lab.client(other.pair).subscribe('other', BUNDLES);
  await newcomer.ids;
  await otherHears('r');
  for (const socket of sockets) socket.destroy();
  newcomer.cancel();
});
