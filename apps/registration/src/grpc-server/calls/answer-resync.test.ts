import { describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { type CloudEvent, dataTypes, encodeHeldVersions } from '@ocm/cloudevents';
import { FairQueue, type StepAside } from '../access/fair-queue.ts';
import { OK } from '../call-status.ts';
import type { EventService, Publication } from '../event-service.ts';
import { answerResync } from './answer-resync.ts';
import type { CallContext } from './call-context.ts';

const { signal } = new AbortController();

function aResync(clusterName: string, subresource: 'spec' | 'status' = 'spec'): Publication {
  const data = encodeHeldVersions(new Map());
  return {
    event: { id: '1', source: `${clusterName}-agent`, type: '', extensions: new Map(), data },
    type: { dataType: dataTypes.lease, subresource, action: 'resync_request' },
    clusterName,
    caller: { user: clusterName, groups: [] },
  };
}

function aService(answer: EventService['answer']): EventService {
  return { dataType: dataTypes.lease, run: async () => undefined, publish: async () => undefined, answer };
}

/** A broker whose streams take what comes, except those of the slow cluster. */
function aBroker() {
  const pushed: string[] = [];
  const hasRoom = Promise.withResolvers<void>();
  const broker = {
    isAwaited: () => true,
    push: ({ source }: CloudEvent) => void pushed.push(source),
    hasRoom: ({ clusterName }: { readonly clusterName?: string }) => clusterName !== 'slow',
    room: async (audience: { readonly clusterName?: string }) => {
      if (audience.clusterName === 'slow') await hasRoom.promise;
    },
  } as unknown as CallContext['broker'];
  return { broker, pushed, makeRoom: hasRoom.resolve };
}

/** Where nobody waits for a place. */
const stepAside: StepAside = (wait) => wait();

describe('a resync', () => {
  test('of a cluster whose streams are slow keeps no other from being answered', async () => {
    const { broker, pushed, makeRoom } = aBroker();
    const resyncs = new FairQueue({ atOnce: 2, mostWaitingPerKey: 100 });
    const service = aService(function* (clusterName) {
      const count = clusterName === 'slow' ? 40 : 1;
      for (let index = 0; index < count; index += 1) {
        yield { id: `${index}`, source: clusterName, type: '', extensions: new Map() };
      }
    });
    const ask = async (cluster: string): Promise<unknown> =>
      resyncs.run(
        cluster,
        (aside) => answerResync(aResync(cluster), { service, context: { broker }, stepAside: aside, signal }),
        signal,
      );
    const slow = Array.from({ length: 10 }, () => ask('slow'));
    expect(await ask('quick')).toEqual(OK);
    expect(pushed).toContain('quick');
    makeRoom();
    expect(await Promise.all(slow)).toEqual(slow.map(() => OK));
    expect(pushed.filter((cluster) => cluster === 'slow')).toHaveLength(400);
  });

  test('whose streams have room is answered to its end before the next one begins', async () => {
    const { broker, pushed } = aBroker();
    const resyncs = new FairQueue({ atOnce: 1, mostWaitingPerKey: 100 });
    const service = aService(function* (clusterName) {
      for (let index = 0; index < 64; index += 1)
        yield { id: `${index}`, source: clusterName, type: '', extensions: new Map() };
    });
    const asked = ['c1', 'c2'].map((cluster) =>
      resyncs.run(
        cluster,
        (aside) => answerResync(aResync(cluster), { service, context: { broker }, stepAside: aside, signal }),
        signal,
      ),
    );
    expect(await Promise.all(asked)).toEqual([OK, OK]);
    expect(pushed).toEqual(['c1', 'c2'].flatMap((cluster) => Array.from({ length: 64 }, () => cluster)));
  });

  test.each(['spec', 'status'] as const)('of %s that fails is one of specs, as every one of an agent', async (sub) => {
    const { broker } = aBroker();
    const service = aService(() => {
      throw new Error('list not supported');
    });
    const answered = await answerResync(aResync('c1', sub), { service, context: { broker }, stepAside, signal });
    expect(answered).toEqual({
      code: status.FAILED_PRECONDITION,
      details: 'failed to respond resync spec request: list not supported',
    });
  });
});
