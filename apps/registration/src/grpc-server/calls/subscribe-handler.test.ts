import { EventEmitter } from 'node:events';
import { Metadata, status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { dataTypes, formatDataType } from '@ocm/cloudevents';
import { silentLogger, systemClock } from '@ocm/kube';
import { Broker } from '../broker/broker.ts';
import { createGrpcMetrics } from '../grpc-metrics.ts';
import { type CallContext, Services } from './call-context.ts';
import type { SubscribeCall } from './open-stream.ts';
import { SubscribeHandler } from './subscribe-handler.ts';

/** A call as far as a handler sees it; the user is its token. */
class TestCall extends EventEmitter {
  readonly request;
  readonly metadata = new Metadata();
  readonly answered = Promise.withResolvers<status>();
  cancelled = false;

  constructor(user: string, clusterName: string) {
    super();
    const dataType = formatDataType(dataTypes.managedCluster);
    this.request = { kind: 'subscription', bytes: 10, source: '', clusterName, dataType } as const;
    this.metadata.set('authorization', user);
    this.on('error', ({ code }: { readonly code: status }) => this.answered.resolve(code));
  }

  getPeer(): string {
    return '10.0.0.1:1';
  }

  getAuthContext(): object {
    return {};
  }

  sendMetadata(): void {
    this.answered.resolve(status.OK);
  }

  leave(): void {
    this.cancelled = true;
    this.emit('cancelled');
  }
}

function setUp(mostStreamsPerUser: number) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const shared = { clock: systemClock, log: silentLogger, newId: () => 'id', signal };
  const context = {
    ...shared,
    authenticate: async ({ authorization: user = '' }) => ({ kind: 'authenticated', caller: { user, groups: [] } }),
    authorise: async () => ({ kind: 'allowed' }),
    services: new Services([]),
    broker: new Broker({ ...shared, heartbeatMs: undefined }),
    settle: () => () => undefined,
    metrics: createGrpcMetrics(),
  } as unknown as CallContext;
  const handler = new SubscribeHandler({ context, recheckMs: 60_000, mostStreamsPerUser, cut: () => undefined });
  const subscribe = async (user: string, cluster: string) => {
    const call = new TestCall(user, cluster);
    handler.handle(call as unknown as SubscribeCall);
    return { call, code: await call.answered.promise };
  };
  return { subscribe, [Symbol.dispose]: () => stopping.abort() };
}

test('a user has so many streams, of whatever clusters, and others have theirs', async () => {
  using server = setUp(2);
  const { subscribe } = server;
  const first = await subscribe('bootstrap', 'invented-1');
  expect([first.code, (await subscribe('bootstrap', 'invented-2')).code]).toEqual([status.OK, status.OK]);
  const beyond = await subscribe('bootstrap', 'invented-3');
  expect(beyond.code).toBe(status.RESOURCE_EXHAUSTED);
  expect((await subscribe('cluster', 'c1')).code).toBe(status.OK);
  beyond.call.leave();
  expect((await subscribe('bootstrap', 'invented-4')).code).toBe(status.RESOURCE_EXHAUSTED);
  first.call.leave();
  expect((await subscribe('bootstrap', 'invented-5')).code).toBe(status.OK);
});
