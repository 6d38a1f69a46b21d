import type { ClusterRole, RoleBinding } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { clusterRole, registrationRoleBinding, workRoleBinding } from '../acceptance/cluster-rbac.ts';
import { planRbac } from './plan-rbac.ts';

const wanted = clusterRole('c1', 'accepted', { team: 'a' });
const binding = workRoleBinding('c1', {});

/** As the API server would return it. */
function stored<T extends ClusterRole | RoleBinding>(object: T, over: Partial<T['metadata']> = {}): T {
  return { ...object, metadata: { uid: 'u1', resourceVersion: '7', ...object.metadata, ...over } };
}

describe('planRbac', () => {
  test('what is missing is created', () => {
    expect(planRbac(undefined, wanted)).toEqual({ kind: 'create' });
  });

  test('what is as wanted is kept, with labels, annotations and finalizers of others', () => {
    expect(planRbac(stored(wanted), wanted)).toEqual({ kind: 'keep' });
    const extended = stored(wanted, {
      labels: { ...wanted.metadata.labels, mine: 'x' },
      annotations: { mine: 'y' },
      finalizers: ['example.com/hold'],
    });
    expect(planRbac(extended, wanted)).toEqual({ kind: 'keep' });
  });

  test.each<{ what: string; present: ClusterRole }>([
    { what: 'fewer rules', present: { ...stored(wanted), rules: wanted.rules?.slice(1) ?? [] } },
    { what: 'no rules', present: { metadata: stored(wanted).metadata } },
    { what: 'a rule more', present: { ...stored(wanted), rules: [...(wanted.rules ?? []), { verbs: ['*'] }] } },
    { what: 'an aggregation', present: { ...stored(wanted), aggregationRule: { clusterRoleSelectors: [{}] } } },
    { what: 'a wanted label missing', present: stored(wanted, { labels: {} }) },
    { what: 'a wanted label changed', present: stored(wanted, { labels: { ...wanted.metadata.labels, team: 'b' } }) },
  ])('[registration 25] a role with $what is put right, guarded by its version', ({ present }) => {
    const plan = planRbac(present, wanted);
    expect(plan).toMatchObject({
      kind: 'replace',
      object: { metadata: { uid: 'u1', resourceVersion: '7', labels: wanted.metadata.labels }, rules: wanted.rules },
    });
    const after = plan.kind === 'replace' ? plan.object : undefined;
    expect(planRbac(after, wanted)).toEqual({ kind: 'keep' });
  });

  test('other subjects are replaced', () => {
    const present = { ...stored(binding), subjects: [{ kind: 'User', name: 'eve' }] as const };
    expect(planRbac<RoleBinding>(present, binding)).toMatchObject({
      kind: 'replace',
      object: { subjects: binding.subjects },
    });
  });

  test('another roleRef cannot be changed in place', () => {
    const other = registrationRoleBinding('c1', {});
    expect(planRbac(stored({ ...binding, roleRef: other.roleRef }), binding)).toEqual({ kind: 'recreate' });
  });

  test('a work binding that waits for its works is made anew; a missing finalizer is not repaired', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(planRbac(stored(binding, { deletionTimestamp }), binding)).toEqual({ kind: 'recreate' });
    expect(planRbac(stored(binding, { finalizers: [] }), binding)).toEqual({ kind: 'keep' });
  });
});
