import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigMap } from '@ocm/api';
import { connect, informer, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, until } from '@ocm/testing';
import { deleteMinimum, updateMinimum, writeMinimum } from './minimal-writes.ts';
import { inParallel } from './raw-client.ts';
import type { Figure } from './report.ts';
import { namesOf } from './work-bench.ts';
import { openWorkStage, type RunningBundle, timed, type WorkStage } from './work-stage.ts';

const WORKS = 1000;
const LOAD = `${WORKS} x 5`;
const EDITS = 100;
const SETTLE_MS = 15_000;
const IDLE_MS = 300_000;
const MINUTE_MS = 60_000;
/** Of other clients than the agent: the API servers ask themselves. */
const AGENT = 'work-agent';

/** A figure of the load; the suite is the same for all of one run. */
type LoadFigure = Omit<Figure, 'suite'>;

/** What 1,000 works cost once they are delivered: requests and processor time at rest. */
export const benchWorkIdle = onceDelivered('work-idle', rest);
/** How long it takes until edits on the managed cluster are reverted. */
export const benchWorkDrift = onceDelivered('work-drift', edit);
/** All templates change. */
export const benchWorkUpdate = onceDelivered('work-update', update);
/** All works are deleted. */
export const benchWorkDelete = onceDelivered('work-delete', remove);

interface Delivered {
  readonly stage: WorkStage;
  readonly agent: RunningBundle;
  readonly names: Names;
}

function onceDelivered(suite: string, measure: (delivered: Delivered) => Promise<readonly LoadFigure[]>) {
  return async (say: (text: string) => void): Promise<readonly Figure[]> => {
    await using stage = await openWorkStage({ audit: true });
    const names = { floor: namesOf('floor', WORKS), ours: namesOf('ours', WORKS) };
    say('delivering ...');
    await stage.create('floor', names.floor);
    await writeMinimum({ ...stage.raw, namespace: 'floor' }, names.floor);
    const agent = await stage.startAgent();
    await stage.create('ours', names.ours);
    await stage.untilSettled(WORKS);
    await sleep(SETTLE_MS);
    say('measuring ...');
    const figures = await measure({ stage, agent, names });
    return figures.map((figure) => ({ suite, ...figure }));
  };
}

interface Names {
  readonly floor: readonly string[];
  readonly ours: readonly string[];
}

async function rest({ stage, agent }: Delivered): Promise<readonly LoadFigure[]> {
  const [before, requestsBefore] = [await agent.figures(), await requestsOf(stage)];
  await sleep(IDLE_MS);
  const [after, requests] = [await agent.figures(), await requestsOf(stage)];
  const minutes = IDLE_MS / MINUTE_MS;
  return [
    { name: `${LOAD} idle: CPU per minute`, value: (after.cpuSeconds - before.cpuSeconds) / minutes, unit: 's' },
    {
      name: `${LOAD} idle: requests per minute, leases and watches aside`,
      value: (requests - requestsBefore) / minutes,
      unit: '/min',
      goal: '0',
    },
    { name: `${LOAD} idle: resident`, value: after.residentMiB, unit: 'MiB', goal: '<= 120 MB' },
  ];
}

/** Requests of the agent so far, but for leases and watches. */
async function requestsOf({ hub, spoke }: WorkStage): Promise<number> {
  const entries = await Promise.all([hub, spoke].map((plane: ControlPlane) => plane.readAudit()));
  return entries
    .flat()
    .filter(({ userAgent, verb, object }) => userAgent === AGENT && verb !== 'watch' && object?.resource !== 'leases')
    .length;
}

/** How long it takes until what somebody has made of an object is put right. */
async function edit({ stage: { spoke, raw } }: Delivered): Promise<readonly LoadFigure[]> {
  const stop = new AbortController();
  const { signal } = stop;
  await using client = await connect(kubeconfigFile(spoke.adminKubeconfigPath), { userAgent: 'bench', signal });
  const editedAt = new Map<string, number>();
  const tookMs: number[] = [];
  const objects = informer(client.kind(ConfigMap), { namespace: 'default' });
  const unsubscribe = objects.subscribe((event) => {
    const { name } = event.object.metadata;
    const since = editedAt.get(name);
    if (event.type !== 'updated' || since === undefined || event.object.data?.['value'] === 'edited') return;
    editedAt.delete(name);
    tookMs.push(performance.now() - since);
  });
  const watching = objects.run(signal);
  await objects.waitForSync(signal);
  const chosen = Array.from(
    { length: EDITS },
    () => `ours-${Math.floor(Math.random() * WORKS)}-${Math.floor(Math.random() * 5)}`,
  );
  const names = [...new Set(chosen)];
  await inParallel(names, (name) => {
    editedAt.set(name, performance.now());
    return raw.spoke.send('PATCH', `/api/v1/namespaces/default/configmaps/${name}`, { data: { value: 'edited' } });
  });
  await until(() => tookMs.length === names.length, { describe: 'all edits are reverted', deadlineMs: 60_000 });
  unsubscribe();
  stop.abort();
  await watching;
  const sorted = tookMs.toSorted((a, b) => a - b);
  const percentile = (share: number): number =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000;
  return [
    { name: `${LOAD}, ${EDITS} edits: reverted after, median`, value: percentile(0.5), unit: 's', goal: '< 2' },
    { name: `${LOAD}, ${EDITS} edits: reverted after, p99`, value: percentile(0.99), unit: 's', goal: '< 2' },
  ];
}

async function update({ stage, names: { floor, ours } }: Delivered): Promise<readonly LoadFigure[]> {
  const content = { letter: 'y' };
  const minimum = await timed(async () => {
    await stage.change('floor', floor, content);
    await updateMinimum({ ...stage.raw, namespace: 'floor', content }, floor);
  });
  const took = await timed(async () => {
    await stage.change('ours', ours, content);
    await stage.untilSettled(WORKS);
  });
  return against('update', { minimum, took });
}

async function remove({ stage, names: { floor, ours } }: Delivered): Promise<readonly LoadFigure[]> {
  const minimum = await timed(async () => {
    await stage.remove('floor', floor);
    await deleteMinimum({ ...stage.raw, namespace: 'floor' }, floor);
  });
  const took = await timed(async () => {
    await stage.remove('ours', ours);
    await until(() => stage.works.size === 0, { describe: 'all works are gone', deadlineMs: 300_000 });
  });
  return against('delete', { minimum, took });
}

function against(
  what: string,
  { minimum, took }: { readonly minimum: number; readonly took: number },
): readonly LoadFigure[] {
  return [
    { name: `${LOAD} ${what}: raw client, minimal writes`, value: minimum / 1000, unit: 's' },
    { name: `${LOAD} ${what}: work agent`, value: took / 1000, unit: 's' },
    { name: `${LOAD} ${what}: against the minimal writes`, value: took / minimum, unit: 'x', goal: '<= 1.5' },
  ];
}
