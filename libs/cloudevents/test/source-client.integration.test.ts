import { beforeAll, describe, expect, test } from '@jest/globals';
import { annotations, finalizers, labels, type ManifestWork, type NewObject } from '@ocm/api';
import { type Clock, informer } from '@ocm/kube';
import { aConfigMap, aWorkSpec, until } from '@ocm/testing';
import { workResourceId } from '../src/index.ts';
import { text } from './fake-hub.ts';
import { createTestPki, type RawEvent, type TestPki } from './grpc-server.ts';
import {
  type RunningAgent,
  type RunningSource,
  type SourceLab,
  type SourcePair,
  startSourceLab,
} from './source-lab.ts';

const FORGET_MS = 100_000;
const BUNDLE = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const ref = { namespace: 'cluster1', name: 'web' };
const condition = (type: string) =>
  ({ type, status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-31T09:00:00Z' }) as const;
const applied = { conditions: [condition('Applied')] };
const web: NewObject<ManifestWork> = { metadata: { ...ref, labels: { team: 'blue' } }, spec: aWorkSpec() };
const other = aWorkSpec({ manifests: [aConfigMap({ name: 'other' })] });

async function seenBy(
  agent: RunningAgent,
  { generation, name = 'web' }: { readonly generation: number; readonly name?: string },
  { signal }: SourceLab,
): Promise<ManifestWork> {
  const find = async (): Promise<ManifestWork | undefined> => {
    const work = await agent.works.find({ namespace: 'cluster1', name }, { signal });
    return work?.metadata.generation === generation ? work : undefined;
  };
  return until(find, { describe: `generation ${generation} at the agent` });
}

async function report(agent: RunningAgent, status: NonNullable<ManifestWork['status']>, lab: SourceLab): Promise<void> {
  const work = await agent.works.get(ref, lab);
  const held = await agent.works.patchMetadata(work, { finalizers: [finalizers.work] }, lab);
  await agent.works.patchStatus(held, status, lab);
}

async function reported({ works }: RunningSource, lab: SourceLab): Promise<void> {
  await until(async () => (await works.get(ref, lab)).status !== undefined, { describe: 'the status at the source' });
}

/** Creates `web` and returns when the source has a status of it, which it returns as it was sent. */
async function createReported({ source, agent }: SourcePair, lab: SourceLab): Promise<RawEvent> {
  await source.works.create(web, lab);
  await seenBy(agent, { generation: 1 }, lab);
  await report(agent, applied, lab);
  await reported(source, lab);
  const sent = lab.broker.last('status.update_request');
  if (sent === undefined) throw new Error('no status');
  return sent;
}

/** The status that follows: one condition of the type given. */
function nextStatus(sent: RawEvent, type: string): RawEvent {
  const next = String(BigInt(sent.attributes['ce-sequenceid']?.ce_string ?? '0') + 1n);
  return {
    ...sent,
    attributes: { ...sent.attributes, 'ce-sequenceid': text(next) },
    binary_data: payload(type),
  };
}

async function conditionTypes({ works }: RunningSource, lab: SourceLab): Promise<readonly string[]> {
  return (await works.get(ref, lab)).status?.conditions?.map(({ type }) => type) ?? [];
}

/** As the agent's controllers do it when its work is being deleted. */
async function cleanUp(agent: RunningAgent, lab: SourceLab, name = 'web'): Promise<void> {
  const work = await until(
    async () => {
      const found = await agent.works.find({ ...ref, name }, lab);
      return found?.metadata.deletionTimestamp === undefined ? undefined : found;
    },
    { describe: 'the deletion at the agent' },
  );
  await agent.works.patchMetadata(work, { finalizers: [] }, lab);
}

function payload(type: string): Buffer {
  return Buffer.from(JSON.stringify({ conditions: [condition(type)] }));
}

describe('works of a source over gRPC', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  test.each(['counted', 'none'] as const)(
    'a work is created, reported on, changed and deleted; versions %s',
    async (versions) => {
      await using lab = await startSourceLab(pki);
      const { broker } = lab;
      const { source, agent } = await lab.startPair({ versions });
      const first = versions === 'counted' ? 1 : 0;
      const created = await source.works.create(web, lab);
      expect(created.metadata).toMatchObject({ uid: workResourceId('shop', ref), generation: first });
      expect(broker.last('spec.create_request')).toMatchObject({
        source: 'shop',
        attributes: {
          'ce-clustername': text('cluster1'),
          'ce-originalsource': text(''),
          'ce-resourceid': text(workResourceId('shop', ref)),
          'ce-resourceversion': { ce_integer: first },
        },
      });
      const received = await seenBy(agent, { generation: first }, lab);
      expect(received.metadata).toMatchObject({ labels: { team: 'blue', [labels.originalSource]: 'shop' } });
      expect(received.spec).toEqual(aWorkSpec());

      await report(agent, applied, lab);
      const reported = await until(
        async () => {
          const work = await source.works.get(ref, lab);
          return work.status === undefined ? undefined : work;
        },
        { describe: 'the status at the source' },
      );
      expect(reported).toMatchObject({ status: applied, metadata: { finalizers: [finalizers.work] } });
      expect(reported.metadata.annotations?.[annotations.eventSequenceId]).toMatch(/^\d+$/);

      const patched = await source.works.patchSpec(reported, other, lab);
      expect(patched.metadata.generation).toBe(versions === 'counted' ? 2 : 0);
      await until(
        async () => (await agent.works.get(ref, lab)).spec?.workload?.manifests?.[0]?.metadata?.name === 'other',
        {
          describe: 'the new spec',
        },
      );
      expect((await source.works.get(ref, lab)).status).toEqual(applied);

      await source.works.delete(ref, lab);
      expect((await source.works.get(ref, lab)).metadata.deletionTimestamp).toBeDefined();
      await cleanUp(agent, lab);
      await until(async () => (await source.works.find(ref, lab)) === undefined, { describe: 'the end' });
      expect(await agent.works.find(ref, lab)).toBeUndefined();
    },
  );

  test('whatever is wrong is said before anything is sent, and what is the same is not sent', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, signal } = lab;
    const { works, ...source } = await lab.startSource();
    await expect(works.find(ref, lab)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(works.create(web, lab)).rejects.toMatchObject({ code: 'unavailable' });
    await source.waitForSync(signal);
    await expect(works.create({ ...web, spec: {} }, lab)).rejects.toMatchObject({ status: 422, reason: 'Invalid' });
    await expect(works.create({ ...web, metadata: { name: 'web' } }, lab)).rejects.toMatchObject({ code: 'invalid' });
    const bad = { ...ref, annotations: { [annotations.eventResourceVersion]: 'x' } };
    await expect(works.create({ ...web, metadata: bad }, lab)).rejects.toMatchObject({ reason: 'InternalError' });
    expect(broker.count('spec.create_request')).toBe(0);

    const created = await works.create(web, lab);
    await expect(works.create(web, lab)).rejects.toMatchObject({ code: 'exists' });
    expect(await works.patchSpec(created, aWorkSpec(), lab)).toBe(created);
    const labelled = await works.patchMetadata(created, { labels: { team: 'red' } }, lab);
    await expect(works.patchSpec(created, other, lab)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      works.delete(ref, { ...lab, resourceVersion: created.metadata.resourceVersion }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    const forced = await works.mergePatch(ref, { spec: other, metadata: { labels: { team: null } } }, lab);
    expect([created, labelled, forced].map(({ metadata }) => metadata.generation)).toEqual([1, 2, 3]);
    expect(forced.metadata.labels).toEqual({});
    await expect(works.mergePatch({ ...ref, name: 'x' }, {}, lab)).rejects.toMatchObject({ code: 'not-found' });
    const refused = { code: 'bad-request', status: 405 };
    await expect(works.replace(forced, lab)).rejects.toMatchObject(refused);
    await expect(works.patchStatus(forced, applied, lab)).rejects.toMatchObject(refused);
    await expect(works.mergePatch(ref, {}, { ...lab, subresource: 'status' })).rejects.toMatchObject(refused);
    await expect(works.apply(forced, { ...lab, fieldManager: 'x' })).rejects.toMatchObject(refused);
    expect(broker.count('spec.update_request')).toBe(2);
    await works.delete({ ...ref, name: 'x' }, lab);
    // Nobody has reported on it: there is nothing to wait for.
    await works.delete(ref, lab);
    expect(await works.find(ref, lab)).toBeUndefined();
    expect(broker.last('spec.delete_request')?.binary_data).toBeUndefined();
    expect(broker.count('spec.delete_request')).toBe(1);
  });

  test('what was refused is not kept, and may be tried again', async () => {
    await using lab = await startSourceLab(pki);
    const source = await lab.startSource();
    await source.waitForSync(lab.signal);
    lab.broker.fate = () => 'refuse';
    await expect(source.works.create(web, lab)).rejects.toMatchObject({ reason: 'PublishError' });
    expect(await source.works.find(ref, lab)).toBeUndefined();
    lab.broker.fate = () => 'pass';
    // Above that of the first, which may have arrived all the same.
    expect((await source.works.create(web, lab)).metadata.generation).toBe(2);
  });

  test('a status that overtakes the answer to its own work is not lost', async () => {
    await using lab = await startSourceLab(pki);
    const { source, agent } = await lab.startPair();
    lab.broker.passed = async (event) => {
      if (!event.type.endsWith('spec.create_request')) return;
      await seenBy(agent, { generation: 1 }, lab);
      await report(agent, applied, lab);
    };
    const created = await source.works.create(web, lab);
    expect(created.spec).toEqual(aWorkSpec());
    await reported(source, lab);
    expect((await source.works.get(ref, lab)).spec).toEqual(aWorkSpec());
  });

  test('[cloudevents-grpc 34] of two statuses whose second sequence id is not greater, the source keeps the first', async () => {
    await using lab = await startSourceLab(pki);
    const { broker } = lab;
    const pair = await lab.startPair();
    const sent = await createReported(pair, lab);
    broker.relay({ ...sent, binary_data: payload('Late') });
    broker.relay(nextStatus(sent, 'Next'));
    const seen: string[] = [];
    await until(
      async () => {
        seen.push(...(await conditionTypes(pair.source, lab)));
        return seen.includes('Next');
      },
      { describe: 'the next status' },
    );
    expect(seen).not.toContain('Late');
  });

  test('[cloudevents-grpc 32] a source asks for statuses after each subscription, with the hashes of what it has', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, wire } = lab;
    const { source, agent } = await lab.startPair();
    expect(broker.last('status.resync_request')).toMatchObject({
      source: 'shop',
      attributes: { 'ce-clustername': text(''), 'ce-originalsource': text('') },
      binary_data: Buffer.from('{"statusHashes":[]}'),
    });
    for (const name of ['web', 'same']) {
      await source.works.create({ ...web, metadata: { ...ref, name } }, lab);
      await seenBy(agent, { generation: 1, name }, lab);
    }
    broker.fate = ({ type }) => (type.endsWith('status.update_request') ? 'lose' : 'pass');
    await report(agent, applied, lab);
    wire.cut();
    await reported(source, lab);
    const { statusHashes } = JSON.parse(String(broker.last('status.resync_request')?.binary_data)) as {
      statusHashes: readonly { readonly resourceID: string }[];
    };
    expect(statusHashes.map(({ resourceID }) => resourceID).toSorted()).toEqual(
      ['web', 'same'].map((name) => workResourceId('shop', { ...ref, name })).toSorted(),
    );
    expect(broker.count('status.resync_response')).toBe(1);
  });

  test('an agent that was away asks, and gets what is new, what ends, and what nobody knows', async () => {
    await using lab = await startSourceLab(pki);
    const { broker } = lab;
    const { source, agent } = await lab.startPair();
    const { works } = source;
    for (const name of ['web', 'same', 'ends', 'dropped'])
      await works.create({ ...web, metadata: { ...ref, name } }, lab);
    for (const name of ['web', 'same', 'ends', 'dropped']) await seenBy(agent, { generation: 1, name }, lab);
    await agent.works.patchStatus(await agent.works.get({ ...ref, name: 'ends' }, lab), applied, lab);
    await until(async () => (await works.get({ ...ref, name: 'ends' }, lab)).status !== undefined, {
      describe: 'the status',
    });
    broker.fate = ({ type }) => (type.includes('.spec.') && !type.includes('resync') ? 'lose' : 'pass');
    await works.mergePatch(ref, { spec: other }, lab);
    await works.delete({ ...ref, name: 'ends' }, lab);
    await works.delete({ ...ref, name: 'dropped' }, lab);
    await works.create({ ...web, metadata: { ...ref, name: 'new' } }, lab);
    agent.cut();
    await seenBy(agent, { generation: 2 }, lab);
    await seenBy(agent, { generation: 1, name: 'new' }, lab);
    const isEnding = async (name: string): Promise<boolean> => {
      const work = await agent.works.find({ ...ref, name }, lab);
      return work === undefined || work.metadata.deletionTimestamp !== undefined;
    };
    await until(async () => (await isEnding('ends')) && (await isEnding('dropped')), { describe: 'both deletions' });
    await cleanUp(agent, lab, 'ends');
    await until(async () => (await works.find({ ...ref, name: 'ends' }, lab)) === undefined, { describe: 'the end' });
    expect(await isEnding('same')).toBe(false);
    // Keyed by what they are about: an agent that lost its connection twice has asked twice.
    const answers = new Map(
      broker.published
        .filter(({ type }) => type === `${BUNDLE}.spec.resync_response`)
        .map(({ attributes }) => [attributes['ce-resourceid']?.ce_string, attributes]),
    );
    const idOf = (name: string): string => workResourceId('shop', { ...ref, name });
    expect(new Set(answers.keys())).toEqual(new Set(['web', 'ends', 'dropped', 'new'].map(idOf)));
    expect(answers.get(idOf('dropped'))?.['ce-resourceversion']).toEqual({ ce_integer: 1 });
  });

  test('an empty source answers nothing: it may have lost its works', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, signal } = lab;
    const source = await lab.startSource();
    await source.waitForSync(signal);
    broker.relay({
      id: '1',
      source: 'cluster1-work-agent',
      spec_version: '1.0',
      type: `${BUNDLE}.spec.resync_request`,
      attributes: { 'ce-clustername': text('cluster1'), 'ce-originalsource': text('') },
      binary_data: Buffer.from('{"resourceVersions":[{"resourceID":"u1","resourceVersion":3}]}'),
    });
    const agent = await lab.startAgent('cluster2');
    await source.works.create({ ...web, metadata: { ...ref, namespace: 'cluster2' } }, lab);
    await until(async () => agent.isConnected() && (await agent.works.find({ ...ref, namespace: 'cluster2' }, lab)), {
      describe: 'another work',
    });
    expect(broker.published.filter(({ attributes }) => attributes['ce-resourceid']?.ce_string === 'u1')).toEqual([]);
  });

  test('a work that nobody knows is left alone at first: a restarted source may not have written it again yet', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, signal } = lab;
    const { source, agent } = await lab.startPair();
    for (const name of ['old', 'late']) await source.works.create({ ...web, metadata: { ...ref, name } }, lab);
    for (const name of ['old', 'late']) await seenBy(agent, { generation: 1, name }, lab);
    await source.stop();
    // What the agent says does not arrive, so that the next source does not find what it holds.
    broker.fate = ({ type }) => (type.includes('.status.') ? 'lose' : 'pass');
    const isTimeToForget = Promise.withResolvers<void>();
    const clock: Clock = {
      ...lab.clock,
      sleep: (ms, during) => (ms === FORGET_MS ? isTimeToForget.promise : lab.clock.sleep(ms, during)),
    };
    const next = await lab.startSource({ forgetAfterMs: FORGET_MS, clock });
    await next.waitForSync(signal);
    await next.works.create(web, lab);
    const questions = broker.count('spec.resync_request');
    agent.cut();
    await until(() => broker.count('spec.resync_request') > questions, { describe: 'the question of the agent' });
    await next.works.create({ ...web, metadata: { ...ref, name: 'late' } }, lab);
    const isEnding = async (name: string): Promise<boolean> =>
      (await agent.works.find({ ...ref, name }, lab))?.metadata.deletionTimestamp !== undefined;
    expect([await isEnding('old'), await isEnding('late')]).toEqual([false, false]);
    isTimeToForget.resolve();
    await until(() => isEnding('old'), { describe: 'the deletion of what nobody wants' });
    expect(await isEnding('late')).toBe(false);
  });

  test('a restarted source finds its works again, goes on with their versions, and sends nothing that is there already', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, signal } = lab;
    const { source, agent } = await lab.startPair();
    const created = await source.works.create(web, lab);
    await source.works.patchSpec(created, other, lab);
    await seenBy(agent, { generation: 2 }, lab);
    await report(agent, applied, lab);
    await source.stop();

    const next = await lab.startSource();
    await next.waitForSync(signal);
    const found = await until(() => next.works.find(ref, lab), { describe: 'the status of the agent' });
    expect(found).toMatchObject({
      metadata: { uid: created.metadata.uid, generation: 2, labels: { team: 'blue' }, finalizers: [finalizers.work] },
      status: applied,
    });
    expect(found.metadata.labels).not.toHaveProperty([labels.originalSource]);
    expect(found.spec).toBeUndefined();
    const updates = broker.count('spec.update_request');
    const same = await next.works.patchSpec(found, other, lab);
    expect(same).toMatchObject({ metadata: { generation: 2 }, spec: other, status: applied });
    expect(broker.count('spec.update_request')).toBe(updates);
    await next.works.patchSpec(same, aWorkSpec(), lab);
    await seenBy(agent, { generation: 3 }, lab);
  });

  test('a source that has lost count goes above the version that an agent has', async () => {
    await using lab = await startSourceLab(pki);
    const { broker, signal } = lab;
    const { source, agent } = await lab.startPair();
    const created = await source.works.create(web, lab);
    await source.works.patchSpec(await source.works.patchSpec(created, other, lab), aWorkSpec(), lab);
    await seenBy(agent, { generation: 3 }, lab);
    await source.stop();
    // The next one does not hear of it and begins anew, below what the agent has.
    broker.fate = ({ type }) => (type.includes('.status.') ? 'lose' : 'pass');
    const next = await lab.startSource();
    await next.waitForSync(signal);
    await next.works.create({ ...web, spec: other }, lab);
    broker.fate = () => 'pass';
    await report(agent, applied, lab);
    await seenBy(agent, { generation: 4 }, lab);
    expect((await agent.works.get(ref, lab)).spec).toEqual(other);
    await until(async () => (await next.works.get(ref, lab)).metadata.generation === 4, { describe: 'its own view' });
  });

  test('a work that was deleted does not come back by a late status, and its successor is above it', async () => {
    await using lab = await startSourceLab(pki);
    const { broker } = lab;
    const { source, agent } = await lab.startPair();
    const created = await source.works.create(web, lab);
    await source.works.patchSpec(created, other, lab);
    await seenBy(agent, { generation: 2 }, lab);
    broker.fate = ({ type }) => (type.endsWith('delete_request') ? 'lose' : 'pass');
    await source.works.delete(ref, lab);
    broker.fate = () => 'pass';
    await report(agent, applied, lab);
    await cleanUp(agent, lab);
    await until(async () => (await agent.works.find(ref, lab)) === undefined, { describe: 'the end at the agent' });
    expect(await source.works.find(ref, lab)).toBeUndefined();
    await source.works.create(web, lab);
    await seenBy(agent, { generation: 3 }, lab);
  });

  test('whoever takes the finalizer off a work that ends does not wait for its cluster', async () => {
    await using lab = await startSourceLab(pki);
    const { source, agent } = await lab.startPair();
    await createReported({ source, agent }, lab);
    await agent.stop();
    await source.works.delete(ref, lab);
    const ending = await source.works.get(ref, lab);
    await source.works.patchMetadata(ending, { finalizers: [] }, lab);
    expect(await source.works.find(ref, lab)).toBeUndefined();
  });

  test('statuses for other sources, and what cannot be read, do not matter', async () => {
    await using lab = await startSourceLab(pki);
    const pair = await lab.startPair();
    const { source } = pair;
    const sent = await createReported(pair, lab);
    const { attributes } = sent;
    const foreign = { ...attributes, 'ce-resourceid': text('foreign'), 'ce-metadata': text('{"name":"foreign"}') };
    for (const stream of lab.server.streams) {
      if (stream.request.source !== 'shop') continue;
      stream.write({ ...sent, attributes: { ...foreign, 'ce-originalsource': text('other') } });
      stream.write({ ...sent, attributes: { ...foreign, 'ce-sequenceid': text('x') } });
      stream.write({ ...sent, attributes: { ...foreign, 'ce-metadata': text('{"labels":{"a":1}}') } });
      stream.write({ ...sent, attributes: foreign, binary_data: Buffer.from('{') });
      stream.write({ ...sent, attributes: foreign, binary_data: Buffer.from('{"conditions":[null]}') });
      stream.write({ ...sent, attributes: foreign, binary_data: Buffer.from('{"resourceStatus":{}}') });
      stream.write({ ...sent, type: `${BUNDLE}.spec.resync_request`, binary_data: Buffer.from('') });
    }
    lab.broker.relay(nextStatus(sent, 'Next')); // comes after all of these
    await until(async () => (await conditionTypes(source, lab)).includes('Next'), { describe: 'the next status' });
    const cache = informer(source.works);
    const following = cache.run(lab.signal);
    await cache.waitForSync(lab.signal);
    expect(cache.list().map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(source.isConnected).toBe(true);
    void following;
  });
});
