import { expect, test } from '@jest/globals';
import { createFaultSet, type Fault } from './faults.ts';
import { requestInfo } from './request-info.ts';

const LIST = requestInfo('GET', '/api/v1/namespaces', 'agent/1');
const PATCH = requestInfo('PATCH', '/apis/cluster.x/v1/managedclusters/c1/status', 'agent/1');
const WATCH = requestInfo('GET', '/api/v1/namespaces?watch=1', 'agent/1');
const ERROR: Fault = { kind: 'status', code: 500 };

test('a fault hits as many requests as it is allowed to and counts them', () => {
  const faults = createFaultSet(() => 0);
  const injected = faults.inject({ fault: ERROR, times: 2 });
  expect([1, 2, 3].map(() => faults.take(LIST).length)).toEqual([1, 1, 0]);
  expect(injected.hits).toBe(2);
});

test('a fault that is removed hits no more', () => {
  const faults = createFaultSet(() => 0);
  const injected = faults.inject({ fault: ERROR });
  faults.take(LIST);
  injected.remove();
  expect(faults.take(LIST)).toEqual([]);
});

test.each([
  [{ verb: 'patch', resource: 'managedclusters/status' }, [false, true]],
  [{ resource: ['namespaces', 'leases'] }, [true, false]],
  [{ name: 'c1' }, [false, true]],
  [{ path: /managedclusters/g }, [false, true]],
  [{ userAgent: /^agent/ }, [true, true]],
  [{ userAgent: /^other/ }, [false, false]],
])('the matcher %j holds for a list and a patch: %j', (when, want) => {
  const faults = createFaultSet(() => 0);
  faults.inject({ fault: ERROR, when });
  const hit = [LIST, PATCH].map((info) => faults.take(info).length > 0);
  expect(hit).toEqual(want);
  expect([LIST, PATCH].map((info) => faults.take(info).length > 0)).toEqual(want); // patterns keep no state
});

test('a fraction hits by chance', () => {
  const rolls = [0.49, 0.5];
  const faults = createFaultSet(() => rolls.shift() ?? 1);
  faults.inject({ fault: ERROR, fraction: 0.5 });
  expect([1, 2].map(() => faults.take(LIST).length)).toEqual([1, 0]);
});

test('latencies add up until another fault ends the list', () => {
  const faults = createFaultSet(() => 0);
  for (const ms of [1, 2]) faults.inject({ fault: { kind: 'latency', ms } });
  faults.inject({ fault: ERROR });
  const unused = faults.inject({ fault: { kind: 'drop-request' }, times: 1 });
  expect(faults.take(LIST)).toEqual([{ kind: 'latency', ms: 1 }, { kind: 'latency', ms: 2 }, ERROR]);
  expect(unused.hits).toBe(0);
});

test('a watch fault hits watches only', () => {
  const faults = createFaultSet(() => 0);
  faults.inject({ fault: { kind: 'watch', how: 'end' } });
  expect([LIST, WATCH].map((info) => faults.take(info).length)).toEqual([0, 1]);
});
