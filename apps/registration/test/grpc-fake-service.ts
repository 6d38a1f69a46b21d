import { randomUUID } from 'node:crypto';
import {
  type CloudEvent,
  type DataType,
  extensions,
  formatEventType,
  type HeldVersions,
  stringAttribute,
} from '@ocm/cloudevents';
import type { EventService, Publication, Push } from '../src/grpc-server/event-service.ts';

/** A data type without a hub behind it. */
export interface FakeService extends EventService {
  /** What was published, in order. */
  readonly published: readonly Publication[];
  /** What a publication meets; by default it is stored. */
  onPublish: (publication: Publication, signal: AbortSignal) => Promise<void>;
  /** What a resync is answered with. */
  answers: (clusterName: string, held: HeldVersions) => Iterable<CloudEvent>;
  /** To the streams of the cluster. */
  push(clusterName: string, over?: Partial<FakeEvent>): void;
}

export interface FakeEvent {
  readonly resourceId: string;
  readonly data: string;
}

export function fakeService(dataType: DataType): FakeService {
  const published: Publication[] = [];
  let push: Push = nowhere;
  const service: FakeService = {
    dataType,
    published,
    onPublish: () => Promise.resolve(),
    answers: () => [],
    run(options) {
      ({ push } = options);
      options.synced();
      return new Promise((resolve) => options.signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    answer: (clusterName, held) => service.answers(clusterName, held),
    async publish(publication, signal) {
      published.push(publication);
      await service.onPublish(publication, signal);
    },
    push: (clusterName, over = {}) => push(fakeEvent(dataType, clusterName, over)),
  };
  return service;
}

/** Before it runs. */
function nowhere(): void {}

export function fakeEvent(dataType: DataType, clusterName: string, over: Partial<FakeEvent> = {}): CloudEvent {
  const { resourceId = randomUUID(), data = '{}' } = over;
  return {
    id: randomUUID(),
    source: 'kube',
    type: formatEventType(dataType, 'spec', 'update_request'),
    dataContentType: 'application/json',
    extensions: new Map([
      [extensions.clusterName, stringAttribute(clusterName)],
      [extensions.originalSource, stringAttribute('')],
      [extensions.resourceId, stringAttribute(resourceId)],
    ]),
    data: Buffer.from(data),
  };
}
