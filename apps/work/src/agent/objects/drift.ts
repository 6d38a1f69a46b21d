import type { ResourceId } from '../manifest/resource-id.ts';
import type { WatchedObject } from './object-reader.ts';

/** What a watch or a work has told of an object. */
export interface Sight {
  /** `found`: it is there; `changed`: more than its status has changed; `lost`: it is gone, or was replaced. */
  readonly kind: 'found' | 'changed' | 'lost';
  readonly id: ResourceId;
  /** As it was then. */
  readonly seen: WatchedObject | undefined;
}

export interface Contents {
  /** Content mark as the watch has it now; `undefined` when no watch tells. */
  readonly seen: string | undefined;
  /** Content mark as it was last applied; `undefined` when it never was, or has changed since. */
  readonly applied: string | undefined;
}

/** Whether somebody else has had a hand in an object, so that the work has to look at it now. */
export function isDrift({ kind, id }: Omit<Sight, 'seen'>, { seen, applied }: Contents): boolean {
  switch (kind) {
    case 'found':
      // What was never applied has a pass before it anyway.
      return seen !== undefined && applied !== undefined && seen !== applied;
    case 'changed':
      return seen !== undefined && seen !== applied;
    case 'lost':
      return seen === undefined ? !comesAndGoes(id) : seen !== applied;
  }
}

/** Jobs and Pods may go by themselves: they are made again with the next resync only. */
export function comesAndGoes({ group, resource }: ResourceId): boolean {
  return (group === 'batch' && resource === 'jobs') || (group === '' && resource === 'pods');
}
