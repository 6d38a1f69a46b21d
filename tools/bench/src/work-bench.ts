import { setTimeout as sleep } from 'node:timers/promises';
import { writeMinimum } from './minimal-writes.ts';
import type { Figure } from './report.ts';
import { openWorkStage, timed } from './work-stage.ts';

/** What starting has left behind is gone by then. */
const SETTLE_MS = 20_000;

const suite = 'work-deliver';

interface Load {
  readonly works: number;
  readonly manifests: number;
  /** What the agent may hold with it. */
  readonly memory?: string;
}

/** Works of ConfigMaps delivered by the work agent, against the writes that no agent can avoid, done by a raw client in the same run. */
export async function benchWorkDelivery(say: (text: string) => void): Promise<readonly Figure[]> {
  const loads: readonly Load[] = [
    { works: 1000, manifests: 5, memory: '<= 120 MB' },
    { works: 100, manifests: 50 },
    { works: 5000, manifests: 5, memory: '<= 250 MB' },
  ];
  const figures: Figure[] = [];
  for (const load of loads) {
    say(`${load.works} works of ${load.manifests} manifests ...`);
    figures.push(...(await deliver(load)));
  }
  return figures;
}

async function deliver({ works, manifests, memory }: Load): Promise<readonly Figure[]> {
  await using stage = await openWorkStage();
  const content = { manifests };
  const load = `${works} x ${manifests}`;
  const floor = namesOf('floor', works);
  const created = await timed(() => stage.create('floor', floor, content));
  const minimum = await timed(() => writeMinimum({ ...stage.raw, namespace: 'floor', content }, floor));

  await stage.create('ours', ['first']);
  const startMs = performance.now();
  const agent = await stage.startAgent();
  await stage.untilSettled(1);
  const first = performance.now() - startMs;
  await sleep(SETTLE_MS);
  const idle = await agent.figures();
  const delivered = await timed(async () => {
    await stage.create('ours', namesOf('ours', works), content);
    await stage.untilSettled(works + 1);
  });
  const after = await agent.figures();
  const figure = (name: string, value: number, unit: string): Figure => ({
    suite,
    name: `${load}: ${name}`,
    value,
    unit,
  });
  return [
    figure('raw client creates the works', created / 1000, 's'),
    figure('raw client does the minimal writes', minimum / 1000, 's'),
    figure('first create -> all applied and available', delivered / 1000, 's'),
    { ...figure('against the minimal writes', delivered / minimum, 'x'), goal: '<= 1.5' },
    figure('against creates and minimal writes', delivered / (created + minimum), 'x'),
    figure('CPU of the agent', after.cpuSeconds - idle.cpuSeconds, 's'),
    { ...figure('process start -> first work applied', first / 1000, 's'), goal: '< 2' },
    { ...figure('resident before', idle.residentMiB, 'MiB'), goal: '<= 85' },
    { ...figure('resident after', after.residentMiB, 'MiB'), ...goal(memory) },
  ];
}

function goal(text: string | undefined): { readonly goal?: string } {
  return text === undefined ? {} : { goal: text };
}

export function namesOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}
