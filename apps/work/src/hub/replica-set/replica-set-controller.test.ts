import type { ManifestWorkReplicaSet } from '@ocm/api';
import { type ObjectEvent, silentLogger } from '@ocm/kube';
import { aManifestWorkReplicaSet } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import type { ManagerContext } from '../manager-context.ts';
import { replicaSetController } from './replica-set-controller.ts';

type SetEvent = ObjectEvent<ManifestWorkReplicaSet>;

/** Whether the controller looks at the set after this event, and then whether failures before it still count. */
function reactionTo(event: SetEvent): 'none' | 'looks' | 'begins anew' {
  let reaction: ReturnType<typeof reactionTo> = 'none';
  const nothing = { events: () => ({ start: () => () => {} }) };
  const sets = {
    events(
      keys: (event: SetEvent) => unknown,
      { resetBackoff }: { readonly resetBackoff: (event: SetEvent) => boolean },
    ) {
      if (keys(event) !== undefined) reaction = resetBackoff(event) ? 'begins anew' : 'looks';
      return nothing.events();
    },
  };
  const context = {
    sets: { cache: sets },
    works: { owned: nothing },
    placements: { cache: nothing },
    slices: { cache: nothing },
    intervals: { statusSpacingMs: 1000 },
    log: silentLogger,
  };
  replicaSetController(context as unknown as ManagerContext);
  return reaction;
}

const set = aManifestWorkReplicaSet();
const deleting = aManifestWorkReplicaSet({ metadata: { deletionTimestamp: '2026-01-31T12:00:00Z' } });
const changed = aManifestWorkReplicaSet({ cascadeDeletionPolicy: 'Foreground' });

test.each<[string, SetEvent, ReturnType<typeof reactionTo>]>([
  ['is deleted', { type: 'updated', object: deleting, previous: set }, 'begins anew'],
  ['gets another spec', { type: 'updated', object: changed, previous: set }, 'begins anew'],
  ['is looked at again', { type: 'resync', object: set }, 'looks'],
  ['has another status', { type: 'updated', object: { ...set, status: {} }, previous: set }, 'none'],
])('a set that %s', (_what, event, reaction) => {
  expect(reactionTo(event)).toBe(reaction);
});
