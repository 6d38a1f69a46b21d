import { expect, test } from '@jest/globals';
import type { Secret } from '@ocm/api';
import { rebootstrapReason } from './rebootstrap-reason.ts';

const secret = (data: Record<string, string>, labels: Record<string, string> = {}): Secret => ({
  metadata: { name: 'bootstrap-hub-kubeconfig', namespace: 'agent', labels },
  data,
});
const BEFORE = secret({ kubeconfig: 'YQ==' });

test.each([
  ['created', { type: 'added', object: BEFORE, initial: false }],
  ['found at start', { type: 'added', object: BEFORE, initial: true }],
  ['labelled', { type: 'updated', previous: BEFORE, object: secret({ kubeconfig: 'YQ==' }, { a: 'b' }) }],
  ['delivered again', { type: 'resync', object: BEFORE }],
] as const)('a bootstrap secret that is %s changes nothing', (_, event) => {
  expect(rebootstrapReason(event)).toBeUndefined();
});

test.each([
  ['changed data', { type: 'updated', previous: BEFORE, object: secret({ kubeconfig: 'Yg==' }) }],
  ['another key', { type: 'updated', previous: BEFORE, object: secret({ kubeconfig: 'YQ==', more: '' }) }],
  ['no data any more', { type: 'updated', previous: BEFORE, object: secret({}) }],
  ['been deleted', { type: 'deleted', object: BEFORE }],
] as const)('one that has %s makes the agent register anew', (_, event) => {
  expect(rebootstrapReason(event)).toContain('bootstrap secret');
});
