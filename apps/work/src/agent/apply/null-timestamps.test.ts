import { expect, test } from '@jest/globals';
import { parseExact } from '@ocm/kube';
import { withoutNullTimestamps } from './null-timestamps.ts';

test('[work 26] null timestamps go from metadata at any depth', () => {
  const pod = { metadata: { creationTimestamp: null, labels: { a: 'b' } }, spec: {} };
  const manifest = {
    metadata: { name: 'x', creationTimestamp: null },
    spec: { template: pod, workload: { manifests: [{ metadata: { name: 'y', creationTimestamp: null } }] } },
  };
  expect(withoutNullTimestamps(manifest)).toEqual({
    metadata: { name: 'x' },
    spec: {
      template: { metadata: { labels: { a: 'b' } }, spec: {} },
      workload: { manifests: [{ metadata: { name: 'y' } }] },
    },
  });
});

test('everything else stays, and the same value is returned', () => {
  const manifest = parseExact(
    '{"metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"creationTimestamp":null,"n":[1.0,null]}}',
  );
  expect(withoutNullTimestamps(manifest)).toBe(manifest);
});
