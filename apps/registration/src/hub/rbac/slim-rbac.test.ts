import { describe, expect, test } from '@jest/globals';
import {
  clusterRole,
  clusterRoleBinding,
  registrationRoleBinding,
  workRoleBinding,
} from '../acceptance/cluster-rbac.ts';
import { wantedCommonRoles } from '../common-roles/common-cluster-roles.ts';
import { planRbac, type RbacObject } from './plan-rbac.ts';
import { isDeniedRole, slimRbac } from './slim-rbac.ts';

const ofCluster: readonly RbacObject[] = [
  clusterRole('c1', 'accepted', {}),
  clusterRole('c1', 'denied', {}),
  clusterRoleBinding('c1', {}),
  registrationRoleBinding('c1', {}),
  workRoleBinding('c1', {}),
];

describe('a slim permission object', () => {
  test.each(ofCluster)('is as wanted where the whole one is: $metadata.name', (object) => {
    expect(planRbac(slimRbac(object), object)).toEqual({ kind: 'keep' });
    expect(slimRbac(slimRbac(object))).toEqual(slimRbac(object));
    expect(JSON.stringify({ ...slimRbac(object), metadata: {} })).not.toContain('c1');
  });

  test('tells an accepted cluster from a denied one', () => {
    const [accepted, denied] = [clusterRole('c1', 'accepted', {}), clusterRole('c1', 'denied', {})];
    expect([isDeniedRole(slimRbac(accepted)), isDeniedRole(slimRbac(denied))]).toEqual([false, true]);
    expect(planRbac(slimRbac(accepted), denied)).toMatchObject({ kind: 'replace', object: { rules: denied.rules } });
    expect(planRbac(slimRbac(denied), accepted)).toMatchObject({ kind: 'replace', object: { rules: accepted.rules } });
  });

  test('of another cluster is not as wanted, whatever its label says', () => {
    const binding = workRoleBinding('c1', {});
    const foreign = { ...workRoleBinding('c2', {}), metadata: binding.metadata };
    expect(planRbac(slimRbac(foreign), binding)).toMatchObject({
      kind: 'replace',
      object: { subjects: binding.subjects },
    });
    const role = { ...clusterRole('c2', 'accepted', {}), metadata: clusterRole('c1', 'accepted', {}).metadata };
    expect(planRbac(slimRbac(role), clusterRole('c1', 'accepted', {}))).toMatchObject({ kind: 'replace' });
  });

  test('to another role has to be made anew', () => {
    const binding = clusterRoleBinding('c1', {});
    const wrong = { ...binding, roleRef: { ...binding.roleRef, name: 'view' } };
    expect(planRbac(slimRbac(wrong), binding)).toEqual({ kind: 'recreate' });
  });

  test('without its label is labelled, not made anew', () => {
    const binding = clusterRoleBinding('c1', {});
    const unlabelled = { ...binding, metadata: { name: binding.metadata.name } };
    expect(planRbac(slimRbac(unlabelled), binding)).toMatchObject({ kind: 'replace' });
  });

  test('that belongs to all clusters stays whole', () => {
    for (const role of wantedCommonRoles({})) expect(slimRbac(role)).toBe(role);
  });
});
