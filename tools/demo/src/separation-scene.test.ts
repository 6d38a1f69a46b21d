import { expect, test } from '@jest/globals';
import { requestsOf } from './separation-scene.ts';

const entry = (user: string) => ({ verb: 'get', path: '/', user, userAgent: 'a', code: 200 });

test('requests are counted by the cluster in the name of the user', () => {
  const mine = entry('system:open-cluster-management:cluster1:agent');
  const entries = [mine, entry('system:open-cluster-management:cluster10:agent'), entry('system:admin')];
  expect(requestsOf(entries, 'cluster1')).toEqual([mine]);
  expect(requestsOf(entries, 'cluster3')).toEqual([]);
});
