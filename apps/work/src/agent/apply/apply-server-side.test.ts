import { expect, test } from '@jest/globals';
import { silentLogger, systemClock } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { KnownObjects } from '../objects/known-objects.ts';
import type { WatchedObject } from '../objects/object-reader.ts';
import { applyServerSide } from './apply-server-side.ts';
import type { ApplyRequest, ApplyTools } from './strategy.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const owner = { apiVersion: 'work.open-cluster-management.io/v1', kind: 'AppliedManifestWork', name: 'w', uid: 'o' };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } };
const request = { work: 'w', manifest: { id, object, resource: {} }, owner, strategy: { type: 'ServerSideApply' } };

const inVersion = (resourceVersion: string): AnyObject => ({
  ...object,
  metadata: { ...object.metadata, uid: 'u', resourceVersion, ownerReferences: [owner] },
});
const watchedIn = (version: string): WatchedObject => ({ uid: 'u', resourceVersion: version, content: version });

interface Course {
  /** The version in which the agent has left the object, and the ones in which a watch has it before and during the request. */
  readonly known: string;
  readonly watched: readonly [string | undefined, string | undefined];
  readonly answered: string;
  /** The version in which another work leaves it during the request. */
  readonly another?: string;
}

/** Whether an apply counts as one that has changed the object. */
async function isCorrected({ known: left, watched: [before, after], answered, another }: Course): Promise<boolean> {
  const known = new KnownObjects();
  known.applied(id, inVersion(left), { fingerprint: 'of another manifest', seenMs: 0 });
  let version = before;
  const resource = {
    apply: () => {
      version = after;
      if (another !== undefined) known.applied(id, inVersion(another), { fingerprint: 'of another work', seenMs: 0 });
      return Promise.resolve(inVersion(answered));
    },
  };
  const reader = { watched: () => (version === undefined ? undefined : watchedIn(version)) };
  const tools = { spoke: { kind: () => resource }, known, reader, clock: systemClock, log: silentLogger };
  const outcome = await applyServerSide(
    request as unknown as ApplyRequest,
    tools as unknown as ApplyTools,
    new AbortController().signal,
  );
  return outcome.kind === 'applied' && outcome.correction !== undefined;
}

test.each<[string, Course, boolean]>([
  ['that changes nothing', { known: '1', watched: ['1', '1'], answered: '1' }, false],
  ['that changes nothing after the status has changed', { known: '1', watched: ['2', '2'], answered: '2' }, false],
  ['that changes nothing while the watch lags behind', { known: '2', watched: ['1', '1'], answered: '2' }, false],
  [
    'that changes nothing, as another work has changed it meanwhile',
    { known: '1', watched: ['1', '2'], answered: '2', another: '2' },
    false,
  ],
  [
    'that changes what another work has changed meanwhile',
    { known: '1', watched: ['1', '3'], answered: '3', another: '2' },
    true,
  ],
  ['that changes it', { known: '1', watched: ['1', '1'], answered: '2' }, true],
  ['that changes it, which a watch tells before the answer', { known: '1', watched: ['1', '2'], answered: '2' }, true],
  ['that changes it where nobody watches', { known: '1', watched: [undefined, undefined], answered: '2' }, true],
])('an apply %s', async (_what, course, corrected) => {
  expect(await isCorrected(course)).toBe(corrected);
});
