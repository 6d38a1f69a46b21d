import type { ManifestWork } from '@ocm/api';
import {
  type EventTransport,
  grpcTransport,
  mqttTransport,
  workSourceClient,
  type WorkSourceClient,
} from '@ocm/cloudevents';
import { mergePatchBetween, type Resource, silentLogger } from '@ocm/kube';
import { deliveredWork, wantedWork } from './delivered-work.ts';
import type { DeliveredWork, NewWork, WorkRef, WorkSource, WorkSourceOptions } from './types.ts';

/**
 * Connects, and resolves when the other side has said which works there are. After a restart of the program those are the works of its former life:
 * deliver again what is still wanted, and remove the rest.
 *
 * @throws Error when the configuration cannot be used; the reason of the signal when that fires before
 */
export async function openWorkSource(options: WorkSourceOptions): Promise<WorkSource> {
  const { id, versions = 'counted', signal: outer, log = silentLogger } = options;
  const end = new AbortController();
  const signal = outer === undefined ? end.signal : AbortSignal.any([outer, end.signal]);
  const transport = await openTransport(options);
  const client = workSourceClient({ transport, sourceId: id, versions, log });
  const running = client.run(signal);
  const close = async (): Promise<void> => {
    end.abort();
    await running;
    await transport[Symbol.asyncDispose]();
  };
  try {
    await client.waitForSync(signal);
  } catch (error) {
    await close();
    throw error;
  }
  return sourceOf(client, { signal, close });
}

function sourceOf(
  client: WorkSourceClient,
  { signal, close }: { readonly signal: AbortSignal; readonly close: () => Promise<void> },
): WorkSource {
  const { works } = client;
  const find = (ref: WorkRef): Promise<ManifestWork | undefined> => works.find(kubeRef(ref), { signal });
  return {
    get isConnected() {
      return client.isConnected;
    },
    deliver: async (work) => deliveredWork(await deliver(works, work, signal)),
    async remove(ref) {
      await works.delete(kubeRef(ref), { signal });
    },
    async find(ref) {
      const work = await find(ref);
      return work === undefined ? undefined : deliveredWork(work);
    },
    async list() {
      const all: DeliveredWork[] = [];
      for await (const { items } of works.list({ signal })) all.push(...items.map(deliveredWork));
      return all;
    },
    follow: (ref) => follow(works, ref, signal),
    [Symbol.asyncDispose]: close,
  };
}

async function deliver(works: Resource<ManifestWork>, work: NewWork, signal: AbortSignal): Promise<ManifestWork> {
  const wanted = wantedWork(work);
  const seen = await works.find(wanted.metadata, { signal });
  if (seen === undefined) return works.create(wanted, { signal });
  const { labels, annotations } = seen.metadata;
  const before = { metadata: { labels, annotations }, spec: seen.spec ?? {} };
  const { metadata, spec } = wanted;
  const after = { metadata: { labels: metadata.labels, annotations: metadata.annotations }, spec };
  // The client itself knows what is news to the agent.
  return works.mergePatch(metadata, mergePatchBetween(before, after) ?? {}, { signal });
}

async function* follow(
  works: Resource<ManifestWork>,
  ref: WorkRef,
  signal: AbortSignal,
): AsyncGenerator<DeliveredWork> {
  const { namespace, name } = kubeRef(ref);
  const fieldSelector = `metadata.name=${name}`;
  const ending = new AbortController();
  const options = { namespace, fieldSelector, resourceVersion: '', initialEvents: true };
  let isThere = false;
  try {
    for await (const event of works.watch({ ...options, signal: AbortSignal.any([signal, ending.signal]) })) {
      if (event.type === 'DELETED' || (event.type === 'BOOKMARK' && !isThere)) return;
      if (event.type === 'BOOKMARK') continue;
      isThere = true;
      yield deliveredWork(event.object);
    }
  } finally {
    ending.abort();
  }
}

function kubeRef({ cluster, name }: WorkRef): { readonly namespace: string; readonly name: string } {
  return { namespace: cluster, name };
}

function openTransport({
  id,
  driver,
  configFile,
  clientId = id,
  log = silentLogger,
}: WorkSourceOptions): Promise<EventTransport> {
  if (driver === 'grpc') return grpcTransport(configFile, { log });
  return mqttTransport(configFile, { clientId, role: { kind: 'source', sourceId: id }, log });
}
