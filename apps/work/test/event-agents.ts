import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finalizers, isDeleting, ManifestWork } from '@ocm/api';
import { eventClient, mqttTransport } from '@ocm/cloudevents';
import { type Clock, isKubeError, type KubeClient, type Ref, type Resource, systemClock } from '@ocm/kube';
import type { MqttBroker } from '@ocm/testing';

const SPEED = 20;

/** The intervals of agents are seconds, and tests have little time. */
const quickly: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
  schedule: (ms, callback, options) => systemClock.schedule(ms / SPEED, callback, options),
};

/** Agents of some clusters that hear of works through a broker and do what they are told at once. */
export interface EventAgents extends AsyncDisposable {
  /** Of a source, or an agent. */
  readonly configFile: string;
  start(clusters: readonly string[]): Promise<void>;
  stop(cluster: string): Promise<void>;
  /** The same hub, except that works are those that the agents hold. */
  hubOf(admin: KubeClient): KubeClient;
}

interface Agent {
  readonly works: Resource<ManifestWork>;
  stop(): Promise<void>;
}

/** @param broker without rules of its own */
export async function startEventAgents(broker: MqttBroker): Promise<EventAgents> {
  const directory = await mkdtemp(join(tmpdir(), 'event-agents-'));
  const configFile = join(directory, 'config.yaml');
  const topics = [
    'sourceEvents: sources/mwrsctrl/clusters/+/sourceevents',
    'agentEvents: sources/mwrsctrl/clusters/+/agentevents',
    'sourceBroadcast: sources/+/sourcebroadcast',
    'agentBroadcast: clusters/+/agentbroadcast',
  ];
  const lines = [`brokerHost: ${broker.address}`, 'topics:', ...topics.map((topic) => `  ${topic}`)];
  await writeFile(configFile, `${lines.join('\n')}\n`);
  const agents = new Map<string, Agent>();
  return {
    configFile,
    async start(clusters) {
      for (const cluster of clusters) agents.set(cluster, await startAgent(cluster, configFile));
    },
    async stop(cluster) {
      await agents.get(cluster)?.stop();
      agents.delete(cluster);
    },
    hubOf: (admin) => ({
      ...admin,
      kind: (kind) => (kind.plural === ManifestWork.plural ? (worksOf(agents) as never) : admin.kind(kind)),
    }),
    async [Symbol.asyncDispose]() {
      await Promise.all([...agents.values()].map((agent) => agent.stop()));
      await rm(directory, { recursive: true });
    },
  };
}

async function startAgent(clusterName: string, configFile: string): Promise<Agent> {
  const end = new AbortController();
  const { signal } = end;
  const role = { kind: 'agent', clusterName } as const;
  const transport = await mqttTransport(configFile, { clientId: clusterName, role, clock: quickly });
  const sourceId = `${clusterName}-work-agent`;
  const client = eventClient({ transport, clusterName, sourceId, kinds: [ManifestWork], clock: quickly });
  const works = client.kind(ManifestWork);
  const ended = Promise.all([client.run(signal), cleanUp(works, signal)]);
  await client.waitForSync(signal);
  return {
    works,
    async stop() {
      end.abort();
      await ended;
      await transport[Symbol.asyncDispose]();
    },
  };
}

/** There is nothing to clean up: works that end lose their finalizer. */
async function cleanUp(works: Resource<ManifestWork>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { items } of works.list({ signal })) {
        const ending = items.filter(isDeleting);
        await Promise.all(ending.map((work) => works.patchMetadata(work, { finalizers: [] }, { signal })));
      }
    } catch (error) {
      if (!signal.aborted && !isKubeError(error, 'unavailable', 'conflict', 'not-found')) throw error;
    }
    await quickly.sleep(200, signal);
  }
}

/** What a test asks of works, answered by the agents that hold them. */
function worksOf(agents: ReadonlyMap<string, Agent>): Partial<Resource<ManifestWork>> {
  const of = (ref: Ref): Resource<ManifestWork> => {
    const cluster = typeof ref === 'string' ? '' : (ref.namespace ?? '');
    const works = agents.get(cluster)?.works;
    if (works === undefined) throw new Error(`there is no agent of "${cluster}"`);
    return works;
  };
  return {
    async *list(options) {
      for (const { works } of agents.values()) yield* works.list(options);
    },
    get: (ref, options) => of(ref).get(ref, options),
    find: (ref, options) => of(ref).find(ref, options),
    async patchStatus(seen, next, options) {
      // As agents do: whoever reports on a work also holds it.
      const held = await of(seen.metadata).patchMetadata(seen, { finalizers: [finalizers.work] }, options);
      return of(seen.metadata).patchStatus(held, next, options);
    },
  };
}
