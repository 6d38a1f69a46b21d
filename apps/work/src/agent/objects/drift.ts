import type { ResourceId } from '../manifest/resource-id.ts';
import type { KnownObject } from './known-objects.ts';
import type { WatchedObject } from './object-reader.ts';
import type { Observation } from './observation.ts';

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

/** What an answer of the API server tells of an object. */
export interface Answer {
  /** What was known of the object before, and what is known now. */
  readonly before: KnownObject | undefined;
  readonly after: KnownObject | undefined;
  readonly read: Observation;
}

/** As `isDrift`, of an answer. */
export function isDriftInAnswer(id: ResourceId, { before, after, read }: Answer): boolean {
  if (read.kind === 'absent') return before !== undefined && !comesAndGoes(id);
  return before?.fingerprint !== undefined && after?.fingerprint === undefined;
}

/** Jobs and Pods may go by themselves: they are made again with the next resync only. */
function comesAndGoes({ group, resource }: ResourceId): boolean {
  return (group === 'batch' && resource === 'jobs') || (group === '' && resource === 'pods');
}
