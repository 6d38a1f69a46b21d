import { expect, test } from '@jest/globals';
import { countRequests, countsBetween } from './request-counts.ts';

const line = (request: string, code: number, count: number): string => {
  const [verb = '', resource = ''] = request.split(' ');
  return `apiserver_request_total{code="${code}",resource="${resource}",subresource="",verb="${verb}"} ${count}`;
};

test('writes, reads and conflicts of what the hub works with are told apart', () => {
  const page = [
    '# TYPE apiserver_request_total counter',
    line('POST namespaces', 201, 5),
    line('PATCH managedclusters', 200, 3),
    line('PATCH managedclusters', 409, 2),
    line('GET clusterroles', 200, 7),
    line('WATCH managedclusters', 200, 9),
    line('POST leases', 201, 1),
    line('PUT leases', 200, 100),
    line('POST configmaps', 201, 100),
    'apiserver_response_sizes_sum{resource="namespaces",verb="POST"} 1000',
  ].join('\n');
  expect(countRequests(page)).toEqual({ writes: 11, reads: 7, conflicts: 2 });
});

test('the difference of two counts is what happened between them', () => {
  const before = { writes: 1, reads: 2, conflicts: 0 };
  const after = { writes: 5, reads: 2, conflicts: 1 };
  expect(countsBetween(before, after)).toEqual({ writes: 4, reads: 0, conflicts: 1 });
});
