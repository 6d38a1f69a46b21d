import {
  AddOnPlacementScore,
  ClusterRole,
  ClusterRoleBinding,
  type Condition,
  Event,
  findCondition,
  type Kind,
  type KubeObject,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Namespace,
  Placement,
  PlacementDecision,
  type PlacementSpec,
} from '@ocm/api';
import { compareNames, decidedClusters } from '@ocm/fleet';
import { connect, type KubeClient, silentLogger } from '@ocm/kube';
import {
  aClusterSet,
  aClusterSetBinding,
  aNamespace,
  anAddOnPlacementScore,
  aPlacement,
  type ClusterOver,
  aCluster,
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
  until,
} from '@ocm/testing';
import { type PlacementOptions, runPlacement } from '../src/controller/run-placement.ts';
import { placementControllerRules } from './placement-controller-role.ts';

export const USER = 'system:serviceaccount:open-cluster-management-hub:placement-controller-sa';

export interface RunningPlacement extends AsyncDisposable {
  stop(): Promise<void>;
}

/** A hub's API server, with the packaged rights of the placement controller, and no controller yet. */
export interface PlacementLab extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
  start(options?: LabStart): Promise<RunningPlacement>;
}

export interface LabStart extends Partial<Omit<PlacementOptions, 'client' | 'signal'>> {
  /** Where the controller finds its API server, such as a proxy; default the control plane itself. */
  readonly server?: string;
}

export async function startPlacementLab(options: ControlPlaneOptions = {}): Promise<PlacementLab> {
  const controlPlane = await startControlPlane(options);
  const lab = new AbortController();
  const { signal } = lab;
  const { directory } = controlPlane;
  const connectAs = async (
    identity: 'admin' | { readonly user: string },
    stop: AbortSignal,
    server?: string,
  ): Promise<KubeClient> => {
    const text = await controlPlane.kubeconfig(identity, server === undefined ? {} : { server });
    return connect({ kind: 'text', text, directory }, { userAgent: 'placement', signal: stop });
  };
  const admin = await connectAs('admin', signal);
  await grantRights(admin, signal);
  const running = new Set<RunningPlacement>();
  return {
    controlPlane,
    admin,
    signal,
    async start({ server, ...options } = {}) {
      const stopping = new AbortController();
      const closing = new AbortController();
      const client = await connectAs({ user: USER }, closing.signal, server);
      const all = { log: silentLogger, ...options };
      const ended = runPlacement({ ...all, client, signal: stopping.signal });
      const stop = async (): Promise<void> => {
        stopping.abort();
        await ended.finally(() => closing.abort());
      };
      const one = { stop, [Symbol.asyncDispose]: stop };
      running.add(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((one) => one.stop()));
      lab.abort();
      await admin.close();
      await controlPlane.stop();
    },
  };
}

async function grantRights(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const name = 'open-cluster-management:cluster-manager-placement:controller';
  await admin.kind(ClusterRole).create({ metadata: { name }, rules: placementControllerRules }, { signal });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const;
  const subjects = [{ kind: 'User', apiGroup: roleRef.apiGroup, name: USER }] as const;
  await admin.kind(ClusterRoleBinding).create({ metadata: { name }, roleRef, subjects }, { signal });
}

/** A tenant of the hub: a namespace with a cluster set of its own, so that tests do not see each other. All names begin with its own. */
export class Tenant {
  readonly name: string;
  readonly #lab: Pick<PlacementLab, 'admin' | 'signal'>;

  constructor(lab: Pick<PlacementLab, 'admin' | 'signal'>, name: string) {
    this.#lab = lab;
    this.name = name;
  }

  /** A namespace, a set and its binding. */
  static async withSet(lab: Pick<PlacementLab, 'admin' | 'signal'>, name: string): Promise<Tenant> {
    const tenant = new Tenant(lab, name);
    await tenant.addNamespace();
    await tenant.addSet(name);
    await tenant.bind(name);
    return tenant;
  }

  addNamespace(): Promise<unknown> {
    return this.create(Namespace, aNamespace({ name: this.name }));
  }

  addSet(name: string, over: Parameters<typeof aClusterSet>[0] = {}): Promise<unknown> {
    return this.create(ManagedClusterSet, aClusterSet({ ...over, name }));
  }

  bind(set: string): Promise<unknown> {
    return this.create(ManagedClusterSetBinding, aClusterSetBinding({ set, namespace: this.name }));
  }

  /** Clusters `<tenant>-<suffix>`, by default in the tenant's set. Their status is written as an agent would. */
  async addClusters(suffixes: readonly string[], over: ClusterOver = {}): Promise<void> {
    const clusters = this.#lab.admin.kind(ManagedCluster);
    await Promise.all(
      suffixes.map(async (suffix) => {
        const wanted = aCluster({ set: this.name, ...over, name: this.cluster(suffix) });
        const created = await clusters.create(wanted, { signal: this.#lab.signal });
        if (wanted.status) await clusters.patchStatus(created, wanted.status, { signal: this.#lab.signal });
      }),
    );
  }

  cluster(suffix: string): string {
    return `${this.name}-${suffix}`;
  }

  async changeCluster(suffix: string, patch: object, subresource?: 'status'): Promise<void> {
    const options = { signal: this.#lab.signal, ...(subresource === undefined ? {} : { subresource }) };
    await this.#lab.admin.kind(ManagedCluster).mergePatch(this.cluster(suffix), patch, options);
  }

  deleteCluster(suffix: string): Promise<void> {
    return this.delete(ManagedCluster, this.cluster(suffix));
  }

  place(name: string, spec: PlacementSpec = {}): Promise<Placement> {
    return this.create(Placement, aPlacement({ namespace: this.name, name, spec }));
  }

  async changePlacement(name: string, patch: object): Promise<void> {
    await this.#lab.admin.kind(Placement).mergePatch(this.ref(name), patch, { signal: this.#lab.signal });
  }

  placement(name: string): Promise<Placement> {
    return this.#lab.admin.kind(Placement).get(this.ref(name), { signal: this.#lab.signal });
  }

  async condition(name: string, type: string): Promise<Condition | undefined> {
    return findCondition((await this.placement(name)).status?.conditions, type);
  }

  /** Slices of a Placement, by number. */
  async slices(placement: string): Promise<readonly PlacementDecision[]> {
    const found = await this.listAll(PlacementDecision, `${labels.placement}=${placement}`);
    return found.toSorted((a, b) => sliceNumber(a) - sliceNumber(b));
  }

  /** Suffixes of the decided clusters, in the order of the slices. */
  async decisions(placement: string): Promise<readonly string[]> {
    const slices = await this.slices(placement);
    return slices.flatMap(decidedClusters).map((name) => name.slice(this.name.length + 1));
  }

  /** Waits until the Placement has decided for exactly these, and says so in its status. */
  async decides(placement: string, suffixes: readonly string[]): Promise<void> {
    const wanted = suffixes.toSorted(compareNames);
    await until(
      async () => {
        const [decided, { status }] = await Promise.all([this.decisions(placement), this.placement(placement)]);
        if (decided.join() === wanted.join() && status?.numberOfSelectedClusters === wanted.length) return true;
        throw new Error(`decided ${decided.join()}, status ${JSON.stringify(status)}`);
      },
      { describe: `${this.name}/${placement} decides for ${wanted.join()}` },
    );
  }

  /** Waits for a condition in the form `status reason: message`. */
  async reports(placement: string, type: string, text: string | RegExp): Promise<void> {
    await until(
      async () => {
        const condition = await this.condition(placement, type);
        const said = `${condition?.status} ${condition?.reason}: ${condition?.message}`;
        if (typeof text === 'string' ? said === text : text.test(said)) return true;
        throw new Error(`it says ${said}`);
      },
      { describe: `${type} of ${this.name}/${placement} says ${text}` },
    );
  }

  /** Waits until the controller has seen exactly these clusters: a Placement that takes all of them shows it. */
  async knows(suffixes: readonly string[]): Promise<void> {
    await this.place('knows');
    await this.decides('knows', suffixes);
  }

  async score(suffix: string, scores: Readonly<Record<string, number>>, validUntil?: string): Promise<void> {
    const resource = this.#lab.admin.kind(AddOnPlacementScore);
    const { signal } = this.#lab;
    const namespace = this.cluster(suffix);
    const wanted = anAddOnPlacementScore({
      name: this.name,
      namespace,
      scores,
      ...(validUntil === undefined ? {} : { validUntil }),
    });
    const namespaces = this.#lab.admin.kind(Namespace);
    if ((await namespaces.find(namespace, { signal })) === undefined) {
      await namespaces.create(aNamespace({ name: namespace }), { signal });
    }
    const seen = (await resource.find(wanted.metadata, { signal })) ?? (await resource.create(wanted, { signal }));
    if (wanted.status) await resource.patchStatus(seen, wanted.status, { signal });
  }

  async events(): Promise<readonly Event[]> {
    return this.listAll(Event);
  }

  async eventsOf(placement: string): Promise<readonly Event[]> {
    return (await this.events()).filter(({ regarding }) => regarding?.name === placement);
  }

  ref(name: string): { readonly namespace: string; readonly name: string } {
    return { namespace: this.name, name };
  }

  async delete<T extends KubeObject>(kind: Kind<T>, ref: string | { namespace: string; name: string }): Promise<void> {
    await this.#lab.admin.kind(kind).delete(ref, { signal: this.#lab.signal });
  }

  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T> {
    return this.#lab.admin.kind(kind).create(object, { signal: this.#lab.signal });
  }

  async listAll<T extends KubeObject>(kind: Kind<T>, labelSelector?: string): Promise<readonly T[]> {
    const found: T[] = [];
    const selection = { namespace: this.name, labelSelector, signal: this.#lab.signal };
    for await (const { items } of this.#lab.admin.kind(kind).list(selection)) found.push(...items);
    return found;
  }
}

function sliceNumber({ metadata }: PlacementDecision): number {
  return Number(metadata.name.split('-').at(-1));
}
