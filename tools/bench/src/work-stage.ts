import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestWork } from '@ocm/api';
import { connect, informer, kubeconfigFile, type Lister } from '@ocm/kube';
import { type ControlPlane, freePort, startControlPlane, startEtcd, startSupervisor, until } from '@ocm/testing';
import { startEventRoute } from './grpc/event-route.ts';
import { benchWork, type WorkContent } from './objects.ts';
import { type ProcessFigures, processFigures } from './process-figures.ts';
import { inParallel, rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';

const BUNDLE = join(import.meta.dirname, '../../../apps/work/dist/work.mjs');
const NAMESPACES = ['floor', 'ours', 'open-cluster-management-agent'];
const DEADLINE_MS = 600_000;

/** A hub and a managed cluster, each with an API server of its own, and a raw client for both. */
export interface WorkStage extends AsyncDisposable {
  readonly hub: ControlPlane;
  readonly spoke: ControlPlane;
  readonly raw: { readonly hub: RawClient; readonly spoke: RawClient };
  /** The works of our agent as the hub has them. */
  readonly works: Lister<ManifestWork>;
  /** Starts the bundle of the work agent for the namespace `ours`. */
  startAgent(): Promise<RunningBundle>;
  /** The works as they are wanted in a namespace: created, or changed. */
  create(namespace: string, names: readonly string[], content?: WorkContent): Promise<void>;
  change(namespace: string, names: readonly string[], content: WorkContent): Promise<void>;
  remove(namespace: string, names: readonly string[]): Promise<void>;
  /** Waits until so many works are Applied and Available in their present generation. */
  untilSettled(count: number): Promise<void>;
}

export interface RunningBundle {
  figures(): Promise<ProcessFigures>;
}

interface StageOptions {
  readonly audit?: boolean;
  /** What the agent gets its works over; for `grpc` a server is started in front of the hub. */
  readonly driver?: 'kube' | 'grpc';
}

export async function openWorkStage({ audit = false, driver = 'kube' }: StageOptions = {}): Promise<WorkStage> {
  const stack = new AsyncDisposableStack();
  const etcd = stack.use(await startEtcd());
  const hub = stack.use(await startControlPlane({ etcd, audit }));
  const spoke = stack.use(await startControlPlane({ etcd, audit }));
  const raw = { hub: await rawOf(hub), spoke: await rawOf(spoke) };
  for (const name of NAMESPACES) {
    for (const client of [raw.hub, raw.spoke]) await client.send('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  const stop = new AbortController();
  const { signal } = stop;
  const client = stack.use(await connect(kubeconfigFile(hub.adminKubeconfigPath), { userAgent: 'bench', signal }));
  const works = informer(client.kind(ManifestWork), { namespace: 'ours' });
  const watching = works.run(signal);
  const supervisor = stack.adopt(startSupervisor(), (started) => started.stop());
  return {
    hub,
    spoke,
    raw,
    works,
    async startAgent() {
      const directory = await supervisor.makeDirectory('ocm-bench-');
      const args = [
        BUNDLE,
        'agent',
        '--spoke-cluster-name=ours',
        `--kubeconfig=${spoke.adminKubeconfigPath}`,
        ...(driver === 'kube'
          ? [`--workload-source-config=${hub.adminKubeconfigPath}`]
          : await startEventRoute({ hub, supervisor, directory })),
        '--namespace=open-cluster-management-agent',
        `--listen=127.0.0.1:${await freePort()}`,
      ];
      const started = supervisor.start(process.execPath, { args, logFile: join(directory, 'work-agent.log') });
      return { figures: () => processFigures(started.pid) };
    },
    create: (namespace, names, content) =>
      inParallel(names, (name) => raw.hub.send('POST', pathOf(namespace), benchWork(name, namespace, content))),
    change: (namespace, names, content) =>
      inParallel(names, (name) => {
        const { spec } = benchWork(name, namespace, content);
        return raw.hub.send('PATCH', pathOf(namespace, name), { spec });
      }),
    remove: (namespace, names) => inParallel(names, (name) => raw.hub.send('DELETE', pathOf(namespace, name))),
    async untilSettled(count) {
      await until(() => works.list().filter(isSettled).length >= count, {
        describe: `${count} works are applied and available`,
        deadlineMs: DEADLINE_MS,
      });
    },
    async [Symbol.asyncDispose]() {
      raw.hub.close();
      raw.spoke.close();
      stop.abort();
      await watching;
      await stack.disposeAsync();
    },
  };
}

function pathOf(namespace: string, name = ''): string {
  const works = `/apis/work.open-cluster-management.io/v1/namespaces/${namespace}/manifestworks`;
  return name === '' ? works : `${works}/${name}`;
}

async function rawOf(plane: ControlPlane): Promise<RawClient> {
  return rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
}

function isSettled({ metadata, status }: ManifestWork): boolean {
  const holds = (wanted: string): boolean =>
    status?.conditions?.some(
      ({ type, status: is, observedGeneration }) =>
        type === wanted && is === 'True' && observedGeneration === metadata.generation,
    ) === true;
  return holds('Applied') && holds('Available');
}

export async function timed(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}
