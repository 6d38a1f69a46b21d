import { type ControlPlane, type Etcd, startControlPlane, startEtcd } from '@ocm/testing';

/** The machines of the demo: a hub and its managed clusters, all on one etcd. */
export interface Fleet extends AsyncDisposable {
  readonly hub: ControlPlane;
  readonly clusters: ReadonlyMap<string, ControlPlane>;
}

/** Starts all control planes side by side. When one fails, the others are stopped again. */
export async function startFleet(names: readonly string[], audit = false): Promise<Fleet> {
  const etcd = await startEtcd();
  const started = await Promise.allSettled(
    ['hub', ...names].map(() => startControlPlane({ etcd, audit, controllerManager: true })),
  );
  const planes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = started.find((result) => result.status === 'rejected');
  const [hub, ...rest] = planes;
  if (failure !== undefined || hub === undefined) {
    await stopAll(etcd, planes);
    throw new Error('a control plane of the demo did not start', { cause: failure?.reason });
  }
  const clusters = new Map(rest.map((plane, index) => [names[index] ?? '', plane]));
  return { hub, clusters, [Symbol.asyncDispose]: () => stopAll(etcd, planes) };
}

async function stopAll(etcd: Etcd, planes: readonly ControlPlane[]): Promise<void> {
  await Promise.all(planes.map((plane) => plane.stop()));
  await etcd.stop();
}
