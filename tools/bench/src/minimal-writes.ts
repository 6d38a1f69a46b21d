import { benchConfigMaps } from './objects.ts';
import { inParallel, type RawClient } from './raw-client.ts';

const WORKS = '/apis/work.open-cluster-management.io/v1';

/** Both ends of the floor measurement: works live on one API server, objects on the other. */
export interface FloorTarget {
  readonly hub: RawClient;
  readonly spoke: RawClient;
  readonly namespace: string;
}

/** The writes that no work agent can avoid, per work: finalizer, AppliedManifestWork, five objects, its status, the work's status. */
export async function writeMinimum({ hub, spoke, namespace }: FloorTarget, works: readonly string[]): Promise<void> {
  await inParallel(works, async (name) => {
    const work = `${WORKS}/namespaces/${namespace}/manifestworks/${name}`;
    const finalizers = ['cluster.open-cluster-management.io/manifest-work-cleanup'];
    await hub.send('PATCH', work, { metadata: { finalizers } });
    const applied = `floor-${name}`;
    await spoke.send('POST', `${WORKS}/appliedmanifestworks`, {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'AppliedManifestWork',
      metadata: { name: applied },
      spec: { hubHash: 'floor', agentID: 'floor', manifestWorkName: name },
    });
    const objects = benchConfigMaps(name);
    for (const object of objects) await spoke.send('POST', '/api/v1/namespaces/default/configmaps', object);
    const appliedResources = objects.map(({ metadata }) => ({
      version: 'v1',
      resource: 'configmaps',
      name: metadata.name,
      namespace: 'default',
      uid: 'floor',
    }));
    await spoke.send('PATCH', `${WORKS}/appliedmanifestworks/${applied}/status`, { status: { appliedResources } });
    await hub.send('PATCH', `${work}/status`, { status: statusOf(objects.length) });
  });
}

function statusOf(manifests: number): object {
  const conditions = [condition('Applied'), condition('Available')];
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

function condition(type: string): object {
  return {
    type,
    status: 'True',
    reason: 'Floor',
    message: 'written by the raw client',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
}
