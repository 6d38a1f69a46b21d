import {
  type Condition,
  findCondition,
  labels,
  ManifestWork,
  ManifestWorkReplicaSet,
  Placement,
  PlacementDecision,
  replicaSetConditions,
  type ReplicaSetPlacement,
  type ReplicaSetSummary,
  type RolloutStrategy,
  setCondition,
} from '@ocm/api';
import { isKubeError, keyOf, type KubeClient } from '@ocm/kube';
import { aConfigMap, aManifestWorkReplicaSet, aPlacement, aPlacementDecision, aWorkSpec, until } from '@ocm/testing';

/** What agents of some kind report: types of conditions that are True, and those that are False with a leading `!`. */
export type Reported = readonly string[];

type ManifestWorkReplicaSetOver = NonNullable<Parameters<typeof aManifestWorkReplicaSet>[0]>;

/** What an agent reports while it works, when it has succeeded, and when it has failed, of a template with such rules. */
export const WORKING: Reported = ['Applied', 'Progressing', '!Degraded'];
export const SUCCEEDED: Reported = ['Applied', 'Available', '!Progressing', '!Degraded'];
export const FAILED: Reported = ['Applied', 'Progressing', 'Degraded'];

export const VERIFIED = replicaSetConditions.placementVerified.type;
export const ROLLED_OUT = replicaSetConditions.placementRolledOut.type;
export const APPLIED = replicaSetConditions.manifestworkApplied.type;

/** Another template than the one that replica sets begin with, with the manifest `other`; and the patch to it. */
export const otherSpec = aWorkSpec({ manifests: [aConfigMap({ name: 'other' })] });
export const toOther = { spec: { manifestWorkTemplate: otherSpec } };

/** The name of the first manifest, by which templates are told apart. */
export function manifestOf({ spec }: ManifestWork): string | undefined {
  return spec?.workload?.manifests?.[0]?.metadata?.name;
}

/** A namespace with replica sets and Placements, some clusters, and everything that others than the manager do there. */
export class Tenant {
  readonly namespace: string;
  /** Their namespaces exist; whether they are chosen is up to the test. */
  readonly clusters: readonly string[];
  readonly #hub: { readonly admin: KubeClient; readonly signal: AbortSignal };

  constructor(
    hub: { readonly admin: KubeClient; readonly signal: AbortSignal },
    namespace: string,
    clusters: readonly string[],
  ) {
    this.#hub = hub;
    this.namespace = namespace;
    this.clusters = clusters;
  }

  /** Names of the first clusters. */
  first(count: number): readonly string[] {
    return this.clusters.slice(0, count);
  }

  /** Creates a replica set, by default `app` for the Placement `p`. */
  async create(over: ManifestWorkReplicaSetOver = {}): Promise<ManifestWorkReplicaSet> {
    const set = aManifestWorkReplicaSet({ name: 'app', placements: ['p'], ...over, namespace: this.namespace });
    return this.#sets.create(set, this.#hub);
  }

  /** As `create`, with one Placement `p` and this strategy. */
  async createWith(rolloutStrategy: RolloutStrategy): Promise<ManifestWorkReplicaSet> {
    const ref: ReplicaSetPlacement = { name: 'p', rolloutStrategy };
    return this.create({ placements: [ref] });
  }

  /** Merges anything into a replica set. */
  async patch(patch: object, name = 'app'): Promise<void> {
    await this.#sets.mergePatch({ namespace: this.namespace, name }, patch, this.#hub);
  }

  async delete(name = 'app'): Promise<void> {
    await this.#sets.delete({ namespace: this.namespace, name }, this.#hub);
  }

  async find(name = 'app'): Promise<ManifestWorkReplicaSet | undefined> {
    return this.#sets.find({ namespace: this.namespace, name }, this.#hub);
  }

  async condition(type: string, name = 'app'): Promise<Condition | undefined> {
    return findCondition((await this.find(name))?.status?.conditions, type);
  }

  /** Waits until the condition has this status and reason. */
  async untilCondition(type: string, wanted: string, name = 'app'): Promise<Condition> {
    return until(
      async () => {
        const condition = await this.condition(type, name);
        const seen = `${condition?.status}/${condition?.reason}`;
        if (condition === undefined || seen !== wanted) throw new Error(`it is ${seen}: ${condition?.message}`);
        return condition;
      },
      { describe: `${type} of ${name} is ${wanted}`, signal: this.#hub.signal },
    );
  }

  async untilSummary(wanted: ReplicaSetSummary, name = 'app'): Promise<void> {
    await until(
      async () => {
        const summary = (await this.find(name))?.status?.summary ?? {};
        const differs = Object.entries(wanted).some(
          ([key, count]) => summary[key as keyof ReplicaSetSummary] !== count,
        );
        if (differs) throw new Error(`it is ${JSON.stringify(summary)}`);
        return true;
      },
      { describe: `the summary of ${name} is ${JSON.stringify(wanted)}`, signal: this.#hub.signal },
    );
  }

  /** Lets the Placement choose these clusters, as decision groups in this order; creates what is missing. */
  async place(
    groups: readonly (readonly string[])[],
    { name = 'p', names = [] as readonly string[] } = {},
  ): Promise<void> {
    const { admin, signal } = this.#hub;
    const slices = admin.kind(PlacementDecision);
    const ref = { namespace: this.namespace, name };
    const placement =
      (await this.#placements.find(ref, { signal })) ?? (await this.#placements.create(aPlacement(ref), { signal }));
    const wanted = groups.map((clusters, index) =>
      aPlacementDecision({
        namespace: this.namespace,
        placement: name,
        slice: index + 1,
        group: { index, name: names[index] ?? '' },
        clusters,
      }),
    );
    for (const slice of wanted) {
      const present = (await slices.find(slice.metadata, { signal })) ?? (await slices.create(slice, { signal }));
      await slices.patchStatus(present, slice.status ?? { decisions: [] }, { signal });
    }
    const decisionGroups = groups.map((clusters, index) => ({
      decisionGroupIndex: index,
      decisionGroupName: names[index] ?? '',
      decisions: [`${name}-decision-${index + 1}`],
      clusterCount: clusters.length,
    }));
    const numberOfSelectedClusters = groups.flat().length;
    await this.#placements.patchStatus(
      placement,
      { ...placement.status, decisionGroups, numberOfSelectedClusters },
      { signal },
    );
  }

  async removePlacement(name = 'p'): Promise<void> {
    await this.#placements.delete({ namespace: this.namespace, name }, this.#hub);
  }

  /** The works of a replica set, by cluster and then name. */
  async works(name = 'app'): Promise<readonly ManifestWork[]> {
    const labelSelector = `${labels.replicaSet}=${this.namespace}.${name}`;
    const found: ManifestWork[] = [];
    for await (const { items } of this.#works.list({ labelSelector, ...this.#hub })) found.push(...items);
    return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** Waits until there are works on exactly these clusters, one each unless a cluster is named more often. */
  async untilWorksOn(clusters: readonly string[], name = 'app'): Promise<readonly ManifestWork[]> {
    return until(
      async () => {
        const works = await this.works(name);
        const seen = works.map(({ metadata }) => metadata.namespace ?? '').join(' ');
        if (seen !== clusters.toSorted().join(' ')) throw new Error(`they are on ${seen}`);
        return works;
      },
      { describe: `works of ${name} on ${clusters.join(' ')}`, signal: this.#hub.signal },
    );
  }

  /** As the agent of each of these clusters: the works of this tenant get the conditions, for their present generation. */
  async report(clusters: readonly string[], reported: Reported, name = 'app'): Promise<void> {
    for (const work of await this.works(name)) {
      if (clusters.includes(work.metadata.namespace ?? '')) await this.#report(work, reported);
    }
  }

  /** Changes a work, as somebody who is allowed to. */
  async patchWork({ metadata }: ManifestWork, patch: object): Promise<void> {
    await this.#works.mergePatch(metadata, patch, this.#hub);
  }

  async deleteWork({ metadata }: ManifestWork): Promise<void> {
    await this.#works.delete(metadata, this.#hub);
  }

  async createWork(work: ManifestWork): Promise<ManifestWork> {
    return this.#works.create(work, this.#hub);
  }

  async findWork(ref: { readonly namespace: string; readonly name: string }): Promise<ManifestWork | undefined> {
    return this.#works.find(ref, this.#hub);
  }

  /** As the agent: the work is Complete. */
  async complete(cluster: string, name: string): Promise<void> {
    await this.#report(await this.#works.get({ namespace: cluster, name }, this.#hub), ['Complete']);
  }

  async #report(work: ManifestWork, reported: Reported): Promise<void> {
    const { generation: observedGeneration = 0 } = work.metadata;
    const conditions = reported.reduce((all, each) => {
      const type = each.replace('!', '');
      const status = each.startsWith('!') ? 'False' : 'True';
      return setCondition(all, { type, status, reason: 'Reported', message: '', observedGeneration }, new Date());
    }, work.status?.conditions ?? []);
    try {
      await this.#works.patchStatus(work, { ...work.status, conditions }, this.#hub);
    } catch (error) {
      // The manager wrote the work meanwhile: what an agent does then is to look again.
      if (!isKubeError(error, 'conflict')) throw error;
      await this.#report(await this.#works.get(work.metadata, this.#hub), reported);
    }
  }

  get #sets() {
    return this.#hub.admin.kind(ManifestWorkReplicaSet);
  }

  get #placements() {
    return this.#hub.admin.kind(Placement);
  }

  get #works() {
    return this.#hub.admin.kind(ManifestWork);
  }
}
