import type { KubeObject } from '@ocm/api';
import { inParallel, type RawClient } from './raw-client.ts';

const CLUSTER = '/apis/cluster.open-cluster-management.io/v1beta1';
const EVENTS = '/apis/events.k8s.io/v1';

/** Writes of a controller for one namespace, as they are found afterwards. */
export interface PlacementWrites {
  readonly placements: readonly WithStatus[];
  readonly slices: readonly WithStatus[];
  readonly events: readonly KubeObject[];
}

type WithStatus = KubeObject & { readonly status?: object };

/** What a namespace holds after the controller has come to rest. */
export async function foundWrites(client: RawClient, namespace: string): Promise<PlacementWrites> {
  const list = async (path: string): Promise<readonly WithStatus[]> =>
    (JSON.parse(await client.send('GET', path)) as { items: WithStatus[] }).items;
  return {
    placements: await list(`${CLUSTER}/namespaces/${namespace}/placements`),
    slices: await list(`${CLUSTER}/namespaces/${namespace}/placementdecisions`),
    events: await list(`${EVENTS}/namespaces/${namespace}/events`),
  };
}

/** The same writes once more, in another namespace, by nobody who has to think: slices, their status, events, statuses of the Placements. */
export async function writeAgain(client: RawClient, namespace: string, writes: PlacementWrites): Promise<void> {
  const at = (plural: string): string => `${CLUSTER}/namespaces/${namespace}/${plural}`;
  await inParallel(writes.slices, async ({ apiVersion, kind, metadata, status }) => {
    const { name, labels } = metadata;
    await client.send('POST', at('placementdecisions'), { apiVersion, kind, metadata: { name, namespace, labels } });
    await client.send('PATCH', `${at('placementdecisions')}/${name}/status`, { status });
  });
  await inParallel(writes.events, ({ metadata: { name }, ...event }) =>
    client.send('POST', `${EVENTS}/namespaces/${namespace}/events`, {
      ...event,
      metadata: { name, namespace },
      regarding: { ...(event as { regarding?: object }).regarding, namespace },
    }),
  );
  await inParallel(writes.placements, ({ metadata: { name }, status }) =>
    client.send('PATCH', `${at('placements')}/${name}/status`, { status }),
  );
}
