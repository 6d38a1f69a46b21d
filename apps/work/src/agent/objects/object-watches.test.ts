import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ManifestWork } from '@ocm/api';
import { type ObjectEvent, silentLogger, systemClock } from '@ocm/kube';
import { aManifestWork, until } from '@ocm/testing';
import { watchedCluster, type WatchedCluster } from '../../../test/watched-cluster.ts';
import { KnownObjects } from './known-objects.ts';
import { ObjectWatches } from './object-watches.ts';
import { pollingReader } from './polling-reader.ts';

const { signal } = new AbortController();
const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };

const written = (name: string) => ({ metadata: { name, namespace: 'n', uid: name, resourceVersion: '1' } });

interface Listing {
  readonly version?: string;
  /** Whether values of the object are reported. */
  readonly isReported?: boolean;
}

function listing(work: string, name: string, { version = 'v1', isReported = false }: Listing = {}): ManifestWork {
  const resourceMeta = {
    ordinal: 0,
    group: '',
    version,
    kind: 'ConfigMap',
    resource: 'configmaps',
    name,
    namespace: 'n',
  };
  const manifestConfigs = [
    { resourceIdentifier: { ...id, name }, feedbackRules: [{ type: 'WellKnownStatus' as const }] },
  ];
  return aManifestWork({
    name: work,
    manifestStatuses: [{ resourceMeta, conditions: [] }],
    ...(isReported ? { manifestConfigs } : {}),
  });
}

/** Watches on the objects of works, until `close`. */
function start(cluster: WatchedCluster, maxWatches: number) {
  const { spoke } = cluster;
  let tell: ((event: ObjectEvent<ManifestWork>) => unknown) | undefined;
  const events: ConstructorParameters<typeof ObjectWatches>[0]['source']['events'] = (keys) => ({
    start: () => {
      tell = keys;
      return () => {};
    },
  });
  const known = new KnownObjects();
  const time = { ms: Date.now() };
  const watches = new ObjectWatches({
    spoke,
    source: { events },
    fallback: pollingReader({ spoke, known, clock: systemClock, freshMs: 10_000 }),
    known,
    maxWatches,
    foreignEventsPerMinute: 6000,
    isHeld: () => false,
    collectMs: 5,
    slowMs: 1000,
    driftMs: 5,
    clock: { ...systemClock, now: () => new Date(time.ms) },
    log: silentLogger,
  });
  const changes: string[] = [];
  const drifts: string[] = [];
  watches.changes.start((work) => changes.push(work));
  watches.drifts.start((work) => drifts.push(work));
  const stop = new AbortController();
  const running = watches.run(stop.signal);
  return {
    watches,
    known,
    /** Stands still. */
    time,
    /** Names of works that were told of. */
    changes,
    drifts,
    /** Whose status says now what the work lists. */
    list: (work: ManifestWork) => void tell?.({ type: 'added', object: work, initial: false }),
    applied: (object: ReturnType<WatchedCluster['put']>) =>
      known.applied({ ...id, name: object.metadata.name }, object, { fingerprint: 'f', seenMs: time.ms }),
    close: () => {
      stop.abort();
      return running;
    },
  };
}

let cluster: WatchedCluster;
let agent: ReturnType<typeof start>;

beforeEach(() => {
  cluster = watchedCluster('v1beta1', 'v1');
});
afterEach(() => agent.close());

const isFollowed = () => until(() => agent.watches.follows(kind, id), { describe: 'the scope is watched' });
const look = () => agent.watches.readObject(kind, id, { signal });

describe('where objects are watched', () => {
  beforeEach(() => {
    agent = start(cluster, 10);
  });

  test('what one work has made of an object is told to the others that report values of it', async () => {
    const object = cluster.put('a');
    agent.applied(object);
    agent.list(listing('writes', 'a'));
    agent.list(listing('reads', 'a', { isReported: true }));
    agent.list(listing('owns', 'a'));
    agent.list(listing('last', 'z'));
    agent.applied(cluster.put('z'));
    await isFollowed();
    agent.applied({ metadata: { ...object.metadata, resourceVersion: '3' } });
    expect(cluster.put('a').metadata.resourceVersion).toBe('3');
    // What is told of this one comes after what is told of the other.
    cluster.put('z');
    await until(() => agent.changes.includes('last') && agent.drifts.includes('last'), {
      describe: 'the last is told',
    });
    expect(new Set(agent.changes)).toEqual(new Set(['reads', 'last']));
    expect(new Set(agent.drifts)).toEqual(new Set(['last']));
  });

  test('what one work has created is told to all that list it', async () => {
    const areBothTold = () => agent.changes.includes('writes') && agent.changes.includes('reads');
    for (const work of ['writes', 'reads']) agent.list(listing(work, 'a'));
    await isFollowed();
    await until(areBothTold, { describe: 'both are told that it is not there' });
    agent.changes.splice(0);
    agent.applied({ metadata: { name: 'a', namespace: 'n', uid: 'uid-1', resourceVersion: '1' } });
    expect(cluster.put('a').metadata).toMatchObject({ uid: 'uid-1', resourceVersion: '1' });
    await until(() => agent.changes.includes('writes') && agent.changes.includes('reads'), {
      describe: 'both are told',
    });
  });

  test('an object that goes before the work is known to list it is missed', async () => {
    agent.list(listing('other', 'b'));
    await isFollowed();
    agent.applied(cluster.put('a'));
    await until(() => agent.watches.watched(kind, id), { describe: 'the watch shows the object' });
    cluster.delete('a');
    await until(() => agent.watches.watched(kind, id) === undefined, { describe: 'the watch shows that it is gone' });
    agent.time.ms += 5000;
    agent.list(listing('w', 'a'));
    await until(() => agent.drifts.includes('w'), { describe: 'its work is told' });
  });

  test('an object that was just written is not missed until the watch has had time to show it', async () => {
    agent.list(listing('other', 'b'));
    await isFollowed();
    agent.applied(written('z'));
    agent.time.ms += 5000;
    agent.applied(written('a'));
    agent.list(listing('w', 'a'));
    agent.list(listing('last', 'z'));
    await until(() => agent.drifts.includes('last'), { describe: 'the last is told' });
    expect(agent.drifts).not.toContain('w');
    agent.time.ms += 5000;
    await until(() => agent.drifts.includes('w'), { describe: 'its work is told' });
  });

  test('objects are watched in another version as soon as no work names the first one', async () => {
    cluster.put('a');
    agent.list(listing('w', 'a', { version: 'v1beta1' }));
    await isFollowed();
    expect(cluster.watched()).toEqual(['v1beta1']);
    agent.list(listing('w', 'a'));
    await until(() => cluster.watched().join(',') === 'v1', { describe: 'the new version alone is watched' });
    cluster.serve('v1');
    const { resourceVersion } = cluster.put('a').metadata;
    await until(() => agent.watches.watched(kind, id)?.resourceVersion === resourceVersion, {
      describe: 'the watch shows the new state',
    });
  });
});

describe('where objects are polled', () => {
  beforeEach(() => {
    agent = start(cluster, 0);
    agent.list(listing('w', 'a'));
  });

  test('a look into an object that somebody has changed tells its works, once', async () => {
    agent.applied(cluster.put('a'));
    await look();
    expect(agent.drifts).toEqual([]);
    cluster.put('a');
    await look();
    await look();
    expect(agent.drifts).toEqual(['w']);
  });

  test('so does one that finds it gone', async () => {
    agent.applied(cluster.put('a'));
    cluster.delete('a');
    await look();
    await look();
    expect(agent.drifts).toEqual(['w']);
  });
});
