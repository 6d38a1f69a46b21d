import { clusterConditions, finalizers, type ManagedCluster } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { decideAcceptance } from './decide-acceptance.ts';

const NO_AUTO = { mayAutoAccept: false };
const { hubAccepted } = clusterConditions;

type Accepted = 'True' | 'False';

function aCluster(
  over: { accepts?: boolean; accepted?: Accepted; deleting?: boolean; finalizer?: boolean } = {},
): ManagedCluster {
  const { accepts = false, accepted, deleting = false, finalizer = false } = over;
  const condition = { type: hubAccepted.type, reason: 'R', message: '', lastTransitionTime: '' };
  return {
    metadata: {
      name: 'c1',
      ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ...(finalizer ? { finalizers: [finalizers.cluster] } : {}),
    },
    spec: { hubAcceptsClient: accepts },
    status: accepted === undefined ? {} : { conditions: [{ ...condition, status: accepted }] },
  };
}

describe('decideAcceptance', () => {
  test.each([
    { what: 'accepted', cluster: aCluster({ accepts: true }), permissions: 'none', kind: 'accept' },
    {
      what: 'accepted and complete',
      cluster: aCluster({ accepts: true, accepted: 'True' }),
      permissions: 'granting',
      kind: 'accept',
    },
    {
      what: 'accepted again',
      cluster: aCluster({ accepts: true, accepted: 'False' }),
      permissions: 'reduced',
      kind: 'accept',
    },
    { what: 'new', cluster: aCluster(), permissions: 'none', kind: 'nothing' },
    {
      what: 'denied after acceptance',
      cluster: aCluster({ accepted: 'True' }),
      permissions: 'granting',
      kind: 'deny',
    },
    {
      what: 'denied, permissions not seen yet',
      cluster: aCluster({ accepted: 'True' }),
      permissions: 'none',
      kind: 'deny',
    },
    { what: 'denied long ago', cluster: aCluster({ accepted: 'False' }), permissions: 'reduced', kind: 'nothing' },
    {
      what: 'un-accepted before its acceptance was complete',
      cluster: aCluster(),
      permissions: 'granting',
      kind: 'deny',
    },
    {
      what: 'un-accepted after an error',
      cluster: aCluster({ accepted: 'False' }),
      permissions: 'granting',
      kind: 'deny',
    },
    {
      what: 'being deleted',
      cluster: aCluster({ accepts: true, accepted: 'True', deleting: true, finalizer: true }),
      permissions: 'granting',
      kind: 'remove',
    },
    {
      what: 'being deleted with nothing left but our finalizer',
      cluster: aCluster({ deleting: true, finalizer: true }),
      permissions: 'none',
      kind: 'remove',
    },
    {
      what: 'being deleted by others after we are done',
      cluster: aCluster({ deleting: true }),
      permissions: 'none',
      kind: 'nothing',
    },
    { what: 'gone', cluster: undefined, permissions: 'none', kind: 'nothing' },
    { what: 'gone by force', cluster: undefined, permissions: 'reduced', kind: 'remove' },
  ] as const)('a cluster that is $what: $kind', ({ cluster, permissions, kind }) => {
    expect(decideAcceptance(cluster, { permissions, ...NO_AUTO })).toMatchObject({ kind });
  });

  test('[registration 31] a deleted cluster that was never accepted asks for nothing', () => {
    expect(decideAcceptance(aCluster({ deleting: true }), { permissions: 'none', ...NO_AUTO })).toEqual({
      kind: 'nothing',
    });
  });

  test('[registration 19] automatic acceptance comes first, but not for a cluster that is being deleted', () => {
    const facts = { permissions: 'none', mayAutoAccept: true } as const;
    expect(decideAcceptance(aCluster(), facts)).toMatchObject({ kind: 'auto-accept' });
    expect(decideAcceptance(aCluster({ accepts: true, accepted: 'True' }), facts)).toMatchObject({
      kind: 'auto-accept',
    });
    expect(decideAcceptance(aCluster({ deleting: true, finalizer: true }), facts)).toMatchObject({ kind: 'remove' });
  });
});
