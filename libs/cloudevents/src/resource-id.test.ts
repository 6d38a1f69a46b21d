import { expect, test } from '@jest/globals';
import { workResourceId } from './resource-id.ts';

test('a resource id is the same wherever it is made (cloudevents-grpc 6.3)', () => {
  expect(workResourceId('src1', { namespace: 'cluster1', name: 'work1' })).toBe('cced463d-0b1a-5340-a004-6ce4491ed63f');
});
