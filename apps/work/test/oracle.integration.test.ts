import { ConfigMap, type ManifestWork } from '@ocm/api';
import { aConfigMap, type ManifestWorkOver, until } from '@ocm/testing';
import {
  array,
  assert,
  asyncProperty,
  type Arbitrary,
  constant,
  constantFrom,
  oneof,
  record,
  tuple,
  uniqueArray,
} from 'fast-check';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cluster, type Lab, type RunningAgent, startLab } from './lab.ts';
import { type Happening, WorkOracle, type Wish, type WishList } from './work-oracle.ts';

// Random works and random interference, on a real API server; after each step the managed cluster is what the oracle says.

const CASES = Number(process.env['OCM_PROPERTY_RUNS'] ?? 200);
const SHARDS = 5;
/** Here it is the end that counts; how soon it comes is the matter of the tests of drift. */
const SAFETY_NET = { intervals: { applyResyncMs: 2000 } };
const NAMES = ['a', 'b', 'c'];
const WORKS = ['w1', 'w2'];

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const wish: Arbitrary<Wish> = record({
  value: constantFrom('red', 'green', 'blue'),
  strategy: constantFrom('Update', 'Update', 'CreateOnly', 'ReadOnly'),
  orphan: oneof({ arbitrary: constant(false), weight: 3 }, { arbitrary: constant(true), weight: 1 }),
});
const wishes: Arbitrary<WishList> = uniqueArray(constantFrom(...NAMES), { minLength: 1 })
  .chain((names) => tuple(...names.map((name) => wish.map((each) => [name, each] as const))))
  .map((entries) => new Map(entries));
const work = constantFrom(...WORKS);
const name = constantFrom(...NAMES);
const happening: Arbitrary<Happening> = oneof(
  { weight: 8, arbitrary: record({ kind: constant('apply-work' as const), work, wishes }) },
  { weight: 3, arbitrary: record({ kind: constant('delete-work' as const), work }) },
  {
    weight: 3,
    arbitrary: record({ kind: constant('write-object' as const), name, value: constant('foreign') }),
  },
  { weight: 2, arbitrary: record({ kind: constant('delete-object' as const), name }) },
  { weight: 2, arbitrary: record({ kind: constant('disown-object' as const), name }) },
  { weight: 1, arbitrary: record({ kind: constant('restart-agent' as const) }) },
);

/** The happenings as one managed cluster goes through them, beside the oracle. */
class Run {
  readonly oracle = new WorkOracle();
  readonly #cluster: Cluster;
  #agent: RunningAgent;

  private constructor(cluster: Cluster, agent: RunningAgent) {
    this.#cluster = cluster;
    this.#agent = agent;
  }

  static async start(): Promise<Run> {
    const cluster = await lab.newCluster();
    return new Run(cluster, await cluster.startAgent(SAFETY_NET));
  }

  async go(happening: Happening): Promise<void> {
    const possible = this.#agreed(happening);
    if (possible === undefined) return;
    await this.#perform(possible);
    this.oracle.apply(possible);
    await this.#settle(possible);
  }

  stop(): Promise<void> {
    return this.#agent.stop();
  }

  /** Two works that want different content of one object never come to rest: here the later one gives in. */
  #agreed(happening: Happening): Happening | undefined {
    const { works, objects } = this.oracle;
    switch (happening.kind) {
      case 'apply-work': {
        const others = [...works].filter(([other]) => other !== happening.work).map(([, list]) => list);
        const agreed = [...happening.wishes].map(([name, wish]): [string, Wish] => {
          const value = others.map((list) => list.get(name)?.value).find((each) => each !== undefined);
          return [name, { ...wish, value: value ?? wish.value }];
        });
        return { ...happening, wishes: new Map(agreed) };
      }
      case 'delete-work':
        return works.has(happening.work) ? happening : undefined;
      case 'delete-object':
      case 'disown-object':
        return objects.has(happening.name) ? happening : undefined;
      case 'write-object':
      case 'restart-agent':
        return happening;
    }
  }

  async #perform(happening: Happening): Promise<void> {
    const { objects: namespace } = this.#cluster;
    const maps = lab.admin.kind(ConfigMap);
    switch (happening.kind) {
      case 'apply-work':
        await this.#applyWork(happening.work, happening.wishes);
        break;
      case 'delete-work':
        await this.#cluster.delete(happening.work);
        break;
      case 'write-object': {
        const { name, value } = happening;
        const written = aConfigMap({ name, namespace, data: { key: value } });
        if (this.oracle.objects.has(name)) await maps.mergePatch({ namespace, name }, { data: written.data }, lab);
        else await maps.create(written, lab);
        break;
      }
      case 'delete-object':
        await maps.delete({ namespace, name: happening.name }, lab);
        break;
      case 'disown-object':
        await maps.mergePatch({ namespace, name: happening.name }, { metadata: { ownerReferences: null } }, lab);
        break;
      case 'restart-agent':
        await this.#agent.stop();
        this.#agent = await this.#cluster.startAgent(SAFETY_NET);
        break;
    }
  }

  async #applyWork(name: string, wishes: WishList): Promise<void> {
    const over = workOf(wishes, this.#cluster.objects);
    if (this.oracle.works.has(name)) await this.#cluster.update(name, over);
    else await this.#cluster.create({ name, ...over });
  }

  async #settle(happening: Happening): Promise<void> {
    await until(
      async () => {
        expect(await this.#seen()).toEqual(this.#foretold());
        return true;
      },
      {
        describe: `${this.#cluster.name} settles after ${describe(happening)}`,
        signal: lab.signal,
      },
    );
  }

  async #seen(): Promise<object> {
    const { objects: namespace } = this.#cluster;
    const maps = await Promise.all(NAMES.map((name) => lab.admin.kind(ConfigMap).find({ namespace, name }, lab)));
    const works = await Promise.all(WORKS.map((name) => this.#cluster.work(name)));
    const records = await Promise.all(WORKS.map((name) => this.#cluster.appliedWork(name)));
    return {
      objects: maps.map((map) => map && [map.data?.['key'], ownersOf(map)]),
      applied: works.map((seen) => seen && isApplied(seen)),
      records: records.map(
        (each, index) =>
          each &&
          (each.status?.appliedResources ?? [])
            .filter(({ uid }) => maps.some((map) => map?.metadata.uid === uid))
            .map((resource) => resource.name)
            .filter((resource) => this.#isKept(WORKS[index] ?? '', resource)),
      ),
    };
  }

  #foretold(): object {
    const { objects, works, records } = this.oracle;
    return {
      objects: NAMES.map((each) => objects.get(each)).map((each) => each && [each.value, [...each.owners].toSorted()]),
      applied: WORKS.map((each) => (works.has(each) ? true : undefined)),
      records: WORKS.map((each) => {
        const recorded = [...(records.get(each) ?? [])].filter((resource) => this.#isKept(each, resource));
        return works.has(each) ? recorded.toSorted() : undefined;
      }),
    };
  }

  /** What a work only reads enters its record at some later pass, which decides about nothing. */
  #isKept(work: string, name: string): boolean {
    return this.oracle.works.get(work)?.get(name)?.strategy !== 'ReadOnly';
  }
}

function workOf(wishes: WishList, namespace: string): ManifestWorkOver {
  const orphans = [...wishes].filter(([, { orphan }]) => orphan).map(([name]) => name);
  return {
    manifests: [...wishes].map(([name, { value }]) => aConfigMap({ name, namespace, data: { key: value } })),
    manifestConfigs: [...wishes].map(([name, { strategy }]) => ({
      resourceIdentifier: { group: '', resource: 'configmaps', namespace, name },
      updateStrategy: { type: strategy },
    })),
    deleteOption: {
      propagationPolicy: 'SelectivelyOrphan',
      selectivelyOrphans: {
        orphaningRules: orphans.map((name) => ({ group: '', resource: 'configmaps', namespace, name })),
      },
    },
  };
}

function ownersOf({ metadata }: ConfigMap): readonly string[] {
  return (metadata.ownerReferences ?? []).map(({ name }) => name.slice(name.indexOf('-') + 1)).toSorted();
}

function isApplied({ metadata, status }: ManifestWork): boolean {
  const applied = status?.conditions?.find(({ type }) => type === 'Applied');
  return applied?.status === 'True' && applied.observedGeneration === metadata.generation;
}

function describe(happening: Happening): string {
  return JSON.stringify(happening, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value));
}

test.concurrent.each(Array.from({ length: SHARDS }, (_, index) => index + 1))(
  'random works and interference come to the end that the oracle foretells (part %d)',
  async () => {
    const property = asyncProperty(array(happening, { minLength: 1, maxLength: 8 }), async (happenings) => {
      const run = await Run.start();
      try {
        for (const each of happenings) await run.go(each);
      } finally {
        await run.stop();
      }
    });
    await assert(property, { numRuns: CASES / SHARDS, endOnFailure: true });
  },
  120_000 + CASES * 3000,
);
