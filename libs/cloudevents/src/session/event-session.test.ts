import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { dataTypes } from '../event-type.ts';
import { EventSession } from './event-session.ts';
import { CredentialReplaced, type EventLink, type EventTransport } from './event-transport.ts';

/** A transport whose links the test ends. */
function endingTransport(): EventTransport & { readonly ends: ((reason: Error) => void)[] } {
  const ends: ((reason: Error) => void)[] = [];
  return {
    ends,
    address: 'test',
    async connect(): Promise<EventLink> {
      const ended = Promise.withResolvers<Error>();
      ends.push(ended.resolve);
      return { publish: async () => undefined, ended: ended.promise, close: () => ended.resolve(new Error('closed')) };
    },
    reloadCredential: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

test.each([
  { reason: new CredentialReplaced('new certificate'), waits: [] },
  { reason: new Error('lost'), waits: [5000] },
])('after "$reason.message" it connects again when it has waited for $waits ms', async ({ reason, waits }) => {
  const transport = endingTransport();
  const slept: number[] = [];
  const clock = { ...systemClock, sleep: async (ms: number) => void slept.push(ms) };
  const subscription = { dataType: dataTypes.lease, clusterName: 'c1', source: '' };
  const session = new EventSession({ transport, subscription, onEvent: () => undefined, clock, random: () => 0 });
  const stopping = new AbortController();
  const running = session.run(stopping.signal);
  await setImmediate();
  transport.ends[0]?.(reason);
  while (transport.ends.length < 2) await setImmediate();
  expect(slept).toEqual(waits);
  stopping.abort();
  await running;
});
