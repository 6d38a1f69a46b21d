import { readFile } from 'node:fs/promises';
import { ManifestWork } from '@ocm/api';
import { connect, informer, kubeconfigFile } from '@ocm/kube';
import {
  type ControlPlane,
  freePort,
  startControlPlane,
  startEtcd,
  startSupervisor,
  type Supervisor,
  until,
} from '@ocm/testing';
import { join } from 'node:path';
import { writeMinimum } from './minimal-writes.ts';
import { benchWork } from './objects.ts';
import { inParallel, rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import type { Figure } from './report.ts';

const WORKS = 1000;
const BUNDLE = join(import.meta.dirname, '../../../apps/work/dist/work.mjs');
const suite = 'work';

/** 1,000 ManifestWorks of five ConfigMaps: the work agent against the writes that no agent can avoid, done by a raw client. */
export async function benchWorkAgent(say: (text: string) => void): Promise<readonly Figure[]> {
  await using etcd = await startEtcd();
  await using hub = await startControlPlane({ etcd });
  await using spoke = await startControlPlane({ etcd });
  const raw = { hub: await rawOf(hub), spoke: await rawOf(spoke) };
  for (const name of ['floor', 'ours', 'open-cluster-management-agent']) {
    await Promise.all(
      [raw.hub, raw.spoke].map((client) => client.send('POST', '/api/v1/namespaces', { metadata: { name } })),
    );
  }

  say('the floor: a raw client creates the works, then does the minimal writes ...');
  const floorNames = workNames('floor');
  const created = await timed(() => createWorks(raw.hub, 'floor', floorNames));
  const minimum = await timed(() => writeMinimum({ ...raw, namespace: 'floor' }, floorNames));

  say('ours: the work agent, the works created by the raw client ...');
  const ours = await measureAgent({ hub, spoke, raw: raw.hub, names: workNames('ours') });
  raw.hub.close();
  raw.spoke.close();
  return [
    { suite, name: 'raw client creates 1,000 works', ...seconds(created) },
    { suite, name: 'raw client does the minimal writes', ...seconds(minimum) },
    { suite, name: 'first create -> all applied on the hub', ...seconds(ours.allAppliedMs) },
    { suite, name: 'against the minimal writes', value: ours.allAppliedMs / minimum, unit: 'x', goal: '<= 1.5' },
    { suite, name: 'against creates and minimal writes', value: ours.allAppliedMs / (created + minimum), unit: 'x' },
    { suite, name: 'process start -> first work applied', ...seconds(ours.firstAppliedMs), goal: '< 2' },
  ];
}

function workNames(prefix: string): readonly string[] {
  return Array.from({ length: WORKS }, (_, index) => `${prefix}-${index}`);
}

function seconds(ms: number): Pick<Figure, 'value' | 'unit'> {
  return { value: ms / 1000, unit: 's' };
}

interface Setting {
  readonly hub: ControlPlane;
  readonly spoke: ControlPlane;
  readonly raw: RawClient;
  readonly names: readonly string[];
}

async function measureAgent(
  setting: Setting,
): Promise<{ readonly allAppliedMs: number; readonly firstAppliedMs: number }> {
  const { hub, raw, names } = setting;
  const stop = new AbortController();
  await using stack = new AsyncDisposableStack();
  const supervisor = stack.adopt(startSupervisor(), (started) => started.stop());
  await using client = await connect(kubeconfigFile(hub.adminKubeconfigPath), {
    userAgent: 'bench',
    signal: stop.signal,
  });
  const works = informer(client.kind(ManifestWork), { namespace: 'ours' });
  const watching = works.run(stop.signal);
  const applied = (): number => works.list().filter(isApplied).length;

  await createWorks(raw, 'ours', ['first']);
  const firstAppliedMs = await timed(async () => {
    await startAgent(supervisor, setting);
    await until(() => applied() === 1, { describe: 'the first work is applied' });
  });
  const allAppliedMs = await timed(async () => {
    await createWorks(raw, 'ours', names);
    await until(() => applied() > names.length, { describe: 'all works are applied', deadlineMs: 300_000 });
  });
  stop.abort();
  await watching;
  return { allAppliedMs, firstAppliedMs };
}

async function startAgent(supervisor: Supervisor, { hub, spoke }: Setting): Promise<void> {
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const args = [
    BUNDLE,
    'agent',
    '--spoke-cluster-name=ours',
    `--kubeconfig=${spoke.adminKubeconfigPath}`,
    `--workload-source-config=${hub.adminKubeconfigPath}`,
    '--namespace=open-cluster-management-agent',
    `--listen=127.0.0.1:${await freePort()}`,
  ];
  supervisor.start(process.execPath, { args, logFile: join(directory, 'work-agent.log') });
}

async function rawOf(plane: ControlPlane): Promise<RawClient> {
  return rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
}

function createWorks(client: RawClient, namespace: string, names: readonly string[]): Promise<void> {
  const path = `/apis/work.open-cluster-management.io/v1/namespaces/${namespace}/manifestworks`;
  return inParallel(names, (name) => client.send('POST', path, benchWork(name, namespace)));
}

function isApplied({ status }: ManifestWork): boolean {
  return (status?.conditions ?? []).some(({ type, status }) => type === 'Applied' && status === 'True');
}

async function timed(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}
