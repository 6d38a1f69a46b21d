import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '@ocm/testing';
import { type AgentOf, type FaultsLab, startFaultsLab, type WorkRef } from './grpc-faults-lab.ts';
import { BUNDLES, resyncEvent, statusEvent } from './agent-events.ts';
import type { RawStream } from './grpc-client.ts';

const WRITES = { verb: 'patch', resource: ['manifestworks', 'manifestworks/status'] };

let lab: FaultsLab;
let agent: AgentOf;
let work: WorkRef;

beforeAll(async () => {
  lab = await startFaultsLab();
  agent = await lab.addCluster('one');
  work = await agent.createWork('work');
  expect(await publishOften('first')).toBe('OK');
});
afterEach(() => lab.proxy.clearFaults());
afterAll(async () => lab[Symbol.asyncDispose]());

async function statusMessage(): Promise<string | undefined> {
  return (await agent.findWork('work'))?.status?.conditions?.[0]?.message;
}

/** As an agent does: again until it is accepted and stored. */
async function publishOften(message: string): Promise<string> {
  return until(
    async () => {
      const { code } = await agent.client.publish(statusEvent(work, message));
      return code === 'OK' && (await statusMessage()) === message ? code : undefined;
    },
    { describe: `status "${message}" is stored`, deadlineMs: 30_000 },
  );
}

/** Subscribes as often as it takes. */
async function subscribeOften(): Promise<RawStream> {
  return until(
    async () => {
      const stream = agent.client.subscribe('one', BUNDLES);
      await stream.ids;
      return stream;
    },
    { describe: 'the server admits the subscription', deadlineMs: 30_000 },
  );
}

test('killed between accepting and storing, the server has promised nothing, and the agent’s next attempt is stored', async () => {
  const held = lab.proxy.inject({
    fault: { kind: 'latency', ms: 10_000 },
    when: WRITES,
  });
  const answer = agent.client.publish(statusEvent(work, 'lost'));
  await until(() => held.hits > 0, { describe: 'the write is on its way' });
  lab.server.signal('SIGKILL');
  expect((await answer).code).toBe('UNAVAILABLE');
  lab.proxy.clearFaults();
  await lab.restart();
  expect(await statusMessage()).toBe('first');
  expect(await publishOften('after the kill')).toBe('OK');
});

test('killed between storing and answering, the server takes the same status again without harm', async () => {
  const { resourceVersion } = (await agent.findWork('work'))?.metadata ?? {};
  // The answer is lost: the server tries again or fails, and either way it is not let live to tell.
  lab.proxy.inject({ fault: { kind: 'drop-answer' }, when: WRITES });
  const answer = agent.client.publish(statusEvent(work, 'stored, not told'));
  await until(async () => (await statusMessage()) === 'stored, not told', { describe: 'it is stored' });
  lab.server.signal('SIGKILL');
  expect((await answer).code).not.toBe('OK');
  lab.proxy.clearFaults();
  await lab.restart();
  const stored = (await agent.findWork('work'))?.metadata.resourceVersion;
  expect(stored).not.toBe(resourceVersion);
  expect(await publishOften('stored, not told')).toBe('OK');
  // Nothing had to be written any more.
  expect((await agent.findWork('work'))?.metadata.resourceVersion).toBe(stored);
});

test('[cloudevents-grpc 62] what changes while the server is away arrives with the resync after its return', async () => {
  lab.server.signal('SIGKILL');
  const { generation } = await agent.changeWork('work', 'w');
  work = { ...work, generation };
  await lab.restart();
  const stream = await subscribeOften();
  await until(
    async () => {
      await agent.client.publish(resyncEvent('one'));
      return stream.events.some(({ attributes }) =>
        JSON.stringify(attributes?.['ce-resourceversion']).includes(String(generation)),
      );
    },
    { describe: 'the change arrives' },
  );
  stream.cancel();
});

test('a slow API server delays publications and new subscriptions; a resync is answered from memory, and others wait for nobody', async () => {
  const stream = await subscribeOften();
  await agent.createWork('another');
  await publishOften('before it is slow');
  lab.proxy.inject({
    fault: { kind: 'latency', ms: 5000 },
    when: { verb: ['create', 'get', 'list', 'patch', 'update'] },
  });
  const begin = performance.now();
  const slow = agent.client.publish(statusEvent(work, 'slow'));
  const heard = stream.events.length;
  await agent.changeWork('another', 's');
  await until(() => stream.events.length > heard, { describe: 'a change arrives meanwhile' });
  expect((stream.arrivals[heard] ?? Infinity) - begin).toBeLessThan(5000);
  expect(await slow).toMatchObject({ code: 'OK' });
  expect(performance.now() - begin).toBeGreaterThan(4500);
  stream.cancel();
});

test('without its API server the server keeps its streams, refuses what it cannot store, and recovers by itself', async () => {
  const stream = await subscribeOften();
  await lab.plane.stopApiServer();
  const begin = performance.now();
  const refused = await agent.client.publish(statusEvent(work, 'nobody home'));
  expect(refused.code).not.toBe('OK');
  expect(['FAILED_PRECONDITION', 'PERMISSION_DENIED', 'UNAVAILABLE']).toContain(refused.code);
  // An agent must not wait longer for this than it would wait for a heartbeat.
  expect(performance.now() - begin).toBeLessThan(20_000);
  await until(() => stream.heartbeats.length > 0, { describe: 'heartbeats go on', deadlineMs: 30_000 });
  const ending = await Promise.race([stream.ended, sleep(100, 'still open')]);
  expect(ending).toBe('still open');
  await lab.plane.startApiServer();
  expect(await publishOften('back again')).toBe('OK');
  const heard = stream.events.length;
  work = await agent.changeWork('work', 'b');
  await until(() => stream.events.length > heard, { describe: 'the old stream hears of a change' });
  stream.cancel();
});

test('a frozen API server does not freeze the server', async () => {
  const stream = await subscribeOften();
  await lab.plane.freezeApiServer();
  const answer = agent.client.publish(statusEvent(work, 'frozen'));
  const first = await Promise.race([answer.then(() => 'what waits for the hub'), agent.client.publish(undefined)]);
  expect(first).toMatchObject({ code: 'INVALID_ARGUMENT' });
  await until(() => stream.heartbeats.length > 0, { describe: 'heartbeats go on', deadlineMs: 30_000 });
  lab.plane.thawApiServer();
  await answer;
  expect(await publishOften('thawed')).toBe('OK');
  stream.cancel();
});
