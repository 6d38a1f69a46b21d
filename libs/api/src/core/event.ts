import type { Kind } from '../kind.ts';
import type { KubeObject, Timestamp } from '../meta.ts';

/** events.k8s.io/v1 Event. */
export interface Event extends KubeObject {
  /** RFC 3339 with microseconds. */
  readonly eventTime: Timestamp | null;
  readonly type?: 'Normal' | 'Warning';
  readonly reason?: string;
  readonly action?: string;
  /** At most 1024 bytes. */
  readonly note?: string;
  readonly regarding?: ObjectReference;
  readonly related?: ObjectReference;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  /** Repetitions of one event within a few minutes. */
  readonly series?: { readonly count: number; readonly lastObservedTime: Timestamp };
}

/** v1 ObjectReference. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export const Event: Kind<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};
