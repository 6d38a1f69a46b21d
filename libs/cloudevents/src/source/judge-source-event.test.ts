import { describe, expect, test } from '@jest/globals';
import { stringAttribute } from '../event.ts';
import { judgeSourceEvent } from './judge-source-event.ts';

const bundle = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const drop = { kind: 'drop' };

function judge(type: string, over: Readonly<Record<string, string>> = {}): unknown {
  const attributes = { clustername: 'cluster1', originalsource: 'shop', ...over };
  const extensions = new Map(Object.entries(attributes).map(([key, value]) => [key, stringAttribute(value)]));
  return judgeSourceEvent({ id: '1', source: 'cluster1-work-agent', type, extensions }, 'shop');
}

describe('what a source does with an event', () => {
  test.each([
    [`${bundle}.status.update_request`, {}, { kind: 'take-status', cluster: 'cluster1' }],
    [`${bundle}.status.resync_response`, {}, { kind: 'take-status', cluster: 'cluster1' }],
    [`${bundle}.status.whatever`, { originalsource: '' }, { kind: 'take-status', cluster: 'cluster1' }],
    [`${bundle}.spec.resync_request`, {}, { kind: 'answer-spec-resync', cluster: 'cluster1' }],
    [`${bundle}.spec.resync_request`, { originalsource: '' }, { kind: 'answer-spec-resync', cluster: 'cluster1' }],
    [`${bundle}.spec.resync_request`, { clustername: '' }, drop],
    [`${bundle}.spec.resync_request`, { originalsource: 'other' }, drop],
    [`${bundle}.status.resync_request`, {}, drop],
    [`${bundle}.status.update_request`, { originalsource: 'other' }, drop],
    [`${bundle}.spec.update_request`, {}, drop],
    ['coordination.k8s.io.v1.leases.spec.resync_request', {}, drop],
    ['coordination.k8s.io.v1.leases.status.update_request', {}, drop],
    ['nonsense', {}, drop],
  ])('%s %j', (type, over, want) => {
    expect(judge(type, over)).toMatchObject(want);
  });
});
