import { setTimeout as sleep } from 'node:timers/promises';
import { requestCounts } from './request-counts.ts';
import type { Figure } from './report.ts';
import { namesOf } from './work-bench.ts';
import { openWorkStage, timed } from './work-stage.ts';

const WORKS = 1000;
const CONTENT = { manifests: 5 };
const HUB_RESOURCES = ['manifestworks', 'subjectaccessreviews', 'tokenreviews'];
/** What starting has left behind is gone by then. */
const SETTLE_MS = 20_000;

type Driver = 'kube' | 'grpc';

interface Delivery {
  readonly seconds: number;
  readonly changeSeconds: number;
  /** Of the hub's API for each work, besides those of the bench itself: for all that is new, and for all that has changed. */
  readonly requests: number;
  readonly changeRequests: number;
  readonly agentCpuSeconds: number;
  readonly idleMiB: number;
  readonly loadedMiB: number;
}

/** The same works delivered by the same agent, over the hub's API and over its server of events. */
export async function benchWorkDrivers(say: (text: string) => void): Promise<readonly Figure[]> {
  say('1,000 works of 5 manifests over kube ...');
  const kube = await deliver('kube');
  say('1,000 works of 5 manifests over grpc ...');
  const grpc = await deliver('grpc');
  return [
    ...figuresOf('kube', kube),
    ...figuresOf('grpc', grpc),
    {
      ...figure('grpc against kube: first create -> all applied and available', grpc.seconds / kube.seconds, 'x'),
      goal: '<= 1.2',
    },
    figure('grpc against kube: all changed -> all applied again', grpc.changeSeconds / kube.changeSeconds, 'x'),
    // Finalizer and status are two writes over either: less than that nobody can do.
    { ...figure('grpc against kube: requests per new work', grpc.requests / kube.requests, 'x'), goal: '<= 1' },
    {
      ...figure('grpc against kube: requests per changed work', grpc.changeRequests / kube.changeRequests, 'x'),
      goal: '< 1',
    },
  ];
}

async function deliver(driver: Driver): Promise<Delivery> {
  await using stage = await openWorkStage({ driver });
  await stage.create('ours', ['first']);
  const agent = await stage.startAgent();
  await stage.untilSettled(1);
  await sleep(SETTLE_MS);
  const idle = await agent.figures();
  const before = await hubRequests(stage.raw.hub);
  const names = namesOf('ours', WORKS);
  const ms = await timed(async () => {
    await stage.create('ours', names, CONTENT);
    await stage.untilSettled(WORKS + 1);
  });
  const loaded = await agent.figures();
  const between = await hubRequests(stage.raw.hub);
  const changeMs = await timed(async () => {
    await stage.change('ours', names, { ...CONTENT, letter: 'y' });
    await stage.untilSettled(WORKS + 1);
  });
  const after = await hubRequests(stage.raw.hub);
  return {
    seconds: ms / 1000,
    changeSeconds: changeMs / 1000,
    requests: (between - before - WORKS) / WORKS,
    changeRequests: (after - between - WORKS) / WORKS,
    agentCpuSeconds: loaded.cpuSeconds - idle.cpuSeconds,
    idleMiB: idle.residentMiB,
    loadedMiB: loaded.residentMiB,
  };
}

async function hubRequests(hub: Parameters<typeof requestCounts>[0]): Promise<number> {
  const { writes, reads } = await requestCounts(hub, HUB_RESOURCES);
  return writes + reads;
}

function figuresOf(driver: Driver, delivery: Delivery): readonly Figure[] {
  return [
    figure(`${driver}: first create -> all applied and available`, delivery.seconds, 's'),
    figure(`${driver}: all changed -> all applied again`, delivery.changeSeconds, 's'),
    figure(`${driver}: requests to the hub's API per new work`, delivery.requests, ''),
    figure(`${driver}: requests to the hub's API per changed work`, delivery.changeRequests, ''),
    figure(`${driver}: CPU of the agent`, delivery.agentCpuSeconds, 's'),
    { ...figure(`${driver}: agent resident before`, delivery.idleMiB, 'MiB'), goal: '<= 85' },
    figure(`${driver}: agent resident after`, delivery.loadedMiB, 'MiB'),
  ];
}

function figure(name: string, value: number, unit: string): Figure {
  return { suite: 'work-grpc', name, value, unit };
}
