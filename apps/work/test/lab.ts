import {
  AppliedManifestWork,
  appliedWorkName,
  type Condition,
  findCondition,
  type HubHash,
  type Kind,
  type KubeObject,
  type ManifestStatus,
  ManifestWork,
  Namespace,
} from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile, type Logger, silentLogger, systemClock } from '@ocm/kube';
import {
  aManifestWork,
  aNamespace,
  type ControlPlane,
  type ControlPlaneOptions,
  type FaultProxy,
  type Identity,
  type ManifestWorkOver,
  startControlPlane,
  startFaultProxy,
  until,
} from '@ocm/testing';
import { hubHashOf, runWorkAgent, type WorkAgentOptions } from '../src/agent.ts';
import { grpcWorkDriver } from '../src/agent/source/grpc-work-driver.ts';
import { kubeWorkDriver } from '../src/agent/source/kube-work-driver.ts';
import type { WorkDriver } from '../src/agent/source/work-driver.ts';
import { driverName } from './driver.ts';
import { type GrpcHub, startGrpcHub } from './grpc-hub.ts';

/** A control plane that is hub and managed cluster at once, with a proxy in front of each role. */
export interface Lab {
  readonly cp: ControlPlane;
  readonly hubProxy: FaultProxy;
  readonly spokeProxy: FaultProxy;
  /** Over which agents get their works, where the file has chosen so; it reaches the hub by the proxy. */
  readonly grpc: GrpcHub | undefined;
  readonly signal: AbortSignal;
  /** Everything may be done with it, past the proxies. */
  readonly admin: KubeClient;
  /** A managed cluster of its own: a namespace on the hub, one for objects, and its own hub hash. */
  newCluster(): Promise<Cluster>;
  /** Stops the agents, then everything else. */
  stop(): Promise<void>;
}

export interface Cluster {
  /** Namespace of its works. */
  readonly name: string;
  /** Namespace for objects of works. */
  readonly objects: string;
  readonly hubHash: HubHash;
  readonly agentId: string;
  startAgent(over?: AgentOver): Promise<RunningAgent>;
  /** Creates a work. */
  create(over: ManifestWorkOver): Promise<ManifestWork>;
  /** Changes the spec of a work. */
  update(name: string, over: ManifestWorkOver): Promise<ManifestWork>;
  /** Merges anything into a work. */
  patch(name: string, patch: object): Promise<ManifestWork>;
  delete(name: string): Promise<void>;
  work(name: string): Promise<ManifestWork | undefined>;
  appliedWork(name: string): Promise<AppliedManifestWork | undefined>;
  /** Waits until the work has the condition with this status for its present generation. */
  untilCondition(name: string, type: string, status: Condition['status']): Promise<Condition>;
  /** Waits until work and AppliedManifestWork are gone. */
  untilGone(name: string): Promise<void>;
  object<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined>;
}

export interface AgentOver extends Partial<
  Pick<
    WorkAgentOptions,
    'cachesExecutors' | 'intervals' | 'hubHash' | 'agentId' | 'workers' | 'feedback' | 'maxFeedbackWatch'
  >
> {
  readonly log?: Logger;
  /** Where hub and managed cluster are reached, if not by the proxies of the lab. */
  readonly servers?: { readonly hub: string; readonly spoke: string };
  /** What the works come over, if not over what the file has chosen. */
  readonly openDriver?: () => Promise<WorkDriver>;
  /** Who the agent is on the managed cluster; default is an administrator. */
  readonly identity?: Identity;
}

export interface RunningAgent {
  stop(): Promise<void>;
  /** Ends it without another request, as far as one process can do that to itself. */
  kill(): Promise<void>;
}

export async function startLab(options: ControlPlaneOptions = {}): Promise<Lab> {
  const cp = await startControlPlane(options);
  const end = new AbortController();
  const { signal } = end;
  const [hubProxy, spokeProxy] = await Promise.all([
    startFaultProxy({ controlPlane: cp }),
    startFaultProxy({ controlPlane: cp }),
  ]);
  const connectAs = async (identity: Identity, server: string): Promise<KubeClient> => {
    const text = await cp.kubeconfig(identity, { server });
    return connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'work-agent', signal });
  };
  const admin = await connect(kubeconfigFile(cp.adminKubeconfigPath), { userAgent: 'test', signal });
  const grpc = driverName() === 'grpc' ? await startGrpcHub({ cp, admin, server: hubProxy.url, signal }) : undefined;
  const agents = new Set<RunningAgent>();
  let clusters = 0;
  const lab: Lab = {
    cp,
    hubProxy,
    spokeProxy,
    grpc,
    signal,
    admin,
    async newCluster() {
      clusters += 1;
      const name = `cluster-${clusters}`;
      const objects = `objects-${clusters}`;
      const namespaces = admin.kind(Namespace);
      await Promise.all([name, objects].map((each) => namespaces.create(aNamespace({ name: each }), { signal })));
      const hubHash = hubHashOf(`https://hub.example.com/${name}`);
      const grpcConfig = await grpc?.admit(name);
      const startAgent = async (over: AgentOver = {}): Promise<RunningAgent> => {
        const agent = await start({ lab, name, hubHash, connectAs, grpcConfig }, over);
        agents.add(agent);
        return agent;
      };
      return clusterOf({ lab, name, objects, hubHash, startAgent });
    },
    async stop() {
      await Promise.all([...agents].map((agent) => agent.stop()));
      end.abort();
      await Promise.all([hubProxy.close(), spokeProxy.close(), grpc?.close()]);
      await cp.stop();
    },
  };
  return lab;
}

interface AgentPlace extends Pick<Cluster, 'name' | 'hubHash'> {
  readonly lab: Lab;
  readonly connectAs: (identity: Identity, server: string) => Promise<KubeClient>;
  /** Configuration of its gRPC client; without it the hub is reached over its API. */
  readonly grpcConfig: string | undefined;
}

async function start(
  { lab, name, hubHash, connectAs, grpcConfig }: AgentPlace,
  { intervals = {}, log = silentLogger, servers, identity = 'admin', openDriver, ...over }: AgentOver,
): Promise<RunningAgent> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([lab.signal, stopping.signal]);
  const parts = { clusterName: name, log, clock: systemClock };
  const openDefault = async (): Promise<WorkDriver> =>
    grpcConfig === undefined
      ? kubeWorkDriver({ ...parts, hub: await connectAs('admin', servers?.hub ?? lab.hubProxy.url) })
      : grpcWorkDriver(grpcConfig, { ...parts, clientId: `${name}-work-agent`, env: {} });
  const [driver, spoke] = await Promise.all([
    (openDriver ?? openDefault)(),
    connectAs(identity, servers?.spoke ?? lab.spokeProxy.url),
  ]);
  const options = {
    spoke,
    hubHash,
    agentId: name,
    signal,
    log,
    intervals: { statusSyncMs: 1000, ...intervals },
  };
  const ended = driver.serve((source) => runWorkAgent({ ...options, ...over, source }));
  const close = async () => {
    await Promise.all([driver[Symbol.asyncDispose](), spoke.close()]);
  };
  return {
    async stop() {
      stopping.abort();
      await ended;
      await close();
    },
    async kill() {
      await close();
      stopping.abort();
      await ended;
    },
  };
}

function clusterOf(
  parts: Pick<Cluster, 'name' | 'objects' | 'hubHash' | 'startAgent'> & { readonly lab: Lab },
): Cluster {
  const { lab, name: namespace, objects, hubHash, startAgent } = parts;
  const { admin, signal } = lab;
  const works = admin.kind(ManifestWork);
  const appliedWorks = admin.kind(AppliedManifestWork);
  const work = (name: string) => works.find({ namespace, name }, { signal });
  const appliedWork = (name: string) => appliedWorks.find(appliedWorkName(hubHash, name), { signal });
  return {
    name: namespace,
    objects,
    hubHash,
    agentId: namespace,
    startAgent,
    work,
    appliedWork,
    create: (over) => works.create(aManifestWork({ ...over, namespace }), { signal }),
    async update(name, over) {
      const { spec } = aManifestWork(over);
      return works.mergePatch({ namespace, name }, { spec: { deleteOption: null, ...spec } }, { signal });
    },
    patch: (name, patch) => works.mergePatch({ namespace, name }, patch, { signal }),
    delete: async (name) => void (await works.delete({ namespace, name }, { signal })),
    untilCondition: (name, type, status) =>
      until(
        async () => {
          const seen = await work(name);
          const condition = findCondition(seen?.status?.conditions, type);
          if (condition?.status !== status || condition.observedGeneration !== seen?.metadata.generation) {
            throw new Error(`its status is ${JSON.stringify(seen?.status)}`);
          }
          return condition;
        },
        { describe: `work ${name} is ${type}=${status}`, signal },
      ),
    untilGone: async (name) => {
      await until(async () => (await work(name)) === undefined && (await appliedWork(name)) === undefined, {
        describe: `work ${name} is gone`,
        signal,
      });
    },
    object: (kind, name) => admin.kind(kind).find(kind.namespaced ? { namespace: objects, name } : name, { signal }),
  };
}

/** A lost server or broker is looked for again after 5 to 10 s; should that be too early, after 25 to 50 s more (cloudevents-grpc 9.3). */
export const RECONNECTED = { deadlineMs: 100_000 };

/** Waits until a number has not grown for so long, and returns it: what was set off before has come to its end. */
export async function untilQuiet(
  count: () => number | Promise<number>,
  { quietMs = 2000 }: { readonly quietMs?: number } = {},
): Promise<number> {
  let [seen, sinceMs] = [-1, 0];
  await until(
    async () => {
      const now = await count();
      if (now === seen) return performance.now() - sinceMs >= quietMs;
      const before = seen;
      [seen, sinceMs] = [now, performance.now()];
      throw new Error(`it has gone from ${before} to ${now}`);
    },
    { describe: `nothing new for ${quietMs} ms` },
  );
  return seen;
}

const TRIES = 3;

/**
 * Expects that something takes less than so many milliseconds at least once in three tries: a promise about time, on a machine that may be
 * busy with something else at any moment. Returns the number of tries.
 */
export async function expectPrompt(limitMs: number, attempt: (round: number) => Promise<void>): Promise<number> {
  const tookMs: number[] = [];
  for (let round = 1; round <= TRIES; round += 1) {
    const startMs = performance.now();
    await attempt(round);
    tookMs.push(Math.round(performance.now() - startMs));
    if (Math.min(...tookMs) < limitMs) return round;
  }
  throw new Error(`never within ${limitMs} ms, but in ${tookMs.join(', ')} ms`);
}

/** The entry of a manifest in the status of a work. */
export function entryOf(work: ManifestWork | undefined, ordinal: number): ManifestStatus | undefined {
  return work?.status?.resourceStatus?.manifests?.find(({ resourceMeta }) => resourceMeta.ordinal === ordinal);
}

/** `type=status` of the conditions, for instance `Applied=True`. */
export function conditionsOf(owner: { readonly conditions?: readonly Condition[] } | undefined): readonly string[] {
  return owner?.conditions?.map(({ type, status }) => `${type}=${status}`) ?? [];
}
