import { benchConfigMaps, type WorkContent } from './objects.ts';
import { inParallel, type RawClient } from './raw-client.ts';

const WORKS = '/apis/work.open-cluster-management.io/v1';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Both ends of the floor measurement: works live on one API server, objects on the other. */
export interface FloorTarget {
  readonly hub: RawClient;
  readonly spoke: RawClient;
  readonly namespace: string;
  readonly content?: WorkContent;
}

/** The writes that no work agent can avoid, per work: finalizer, AppliedManifestWork, each object, its status, the work's status. */
export async function writeMinimum(target: FloorTarget, works: readonly string[]): Promise<void> {
  const { hub, spoke, content } = target;
  await inParallel(works, async (name) => {
    const finalizers = ['cluster.open-cluster-management.io/manifest-work-cleanup'];
    await hub.send('PATCH', workPath(target, name), { metadata: { finalizers } });
    await spoke.send('POST', `${WORKS}/appliedmanifestworks`, {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'AppliedManifestWork',
      metadata: { name: recordOf(name) },
      spec: { hubHash: 'floor', agentID: 'floor', manifestWorkName: name },
    });
    const objects = benchConfigMaps(name, content);
    for (const object of objects) await spoke.send('POST', CONFIG_MAPS, object);
    const appliedResources = objects.map(({ metadata }) => ({
      version: 'v1',
      resource: 'configmaps',
      name: metadata.name,
      namespace: 'default',
      uid: 'floor',
    }));
    await spoke.send('PATCH', `${recordPath(name)}/status`, { status: { appliedResources } });
    await hub.send('PATCH', `${workPath(target, name)}/status`, { status: statusOf(objects.length) });
  });
}

/** The same after another content was asked for, per work: each object, the work's status. */
export async function updateMinimum(target: FloorTarget, works: readonly string[]): Promise<void> {
  const { hub, spoke, content } = target;
  await inParallel(works, async (name) => {
    const objects = benchConfigMaps(name, content);
    for (const object of objects) await spoke.send('PUT', `${CONFIG_MAPS}/${object.metadata.name}`, object);
    await hub.send('PATCH', `${workPath(target, name)}/status`, { status: statusOf(objects.length, 'updated') });
  });
}

/** The same after the works were deleted, per work: each object, the AppliedManifestWork, the finalizer of the work. */
export async function deleteMinimum(target: FloorTarget, works: readonly string[]): Promise<void> {
  const { hub, spoke, content } = target;
  await inParallel(works, async (name) => {
    for (const { metadata } of benchConfigMaps(name, content)) {
      await spoke.send('DELETE', `${CONFIG_MAPS}/${metadata.name}`);
    }
    await spoke.send('DELETE', recordPath(name));
    await hub.send('PATCH', workPath(target, name), { metadata: { finalizers: null } });
  });
}

function workPath({ namespace }: FloorTarget, name: string): string {
  return `${WORKS}/namespaces/${namespace}/manifestworks/${name}`;
}

function recordOf(name: string): string {
  return `floor-${name}`;
}

function recordPath(name: string): string {
  return `${WORKS}/appliedmanifestworks/${recordOf(name)}`;
}

function statusOf(manifests: number, message = 'written'): object {
  const conditions = [condition('Applied', message), condition('Available', message)];
  return {
    conditions,
    resourceStatus: {
      manifests: Array.from({ length: manifests }, (_, ordinal) => ({
        resourceMeta: { ordinal, version: 'v1' },
        conditions,
      })),
    },
  };
}

function condition(type: string, message: string): object {
  return {
    type,
    status: 'True',
    reason: 'Floor',
    message: `${message} by the raw client`,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
}
