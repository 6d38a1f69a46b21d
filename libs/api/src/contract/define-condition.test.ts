import { expect, test } from '@jest/globals';
import { readCrds, type Schema } from '../../generate/crd-schema.ts';
import { setCondition } from '../conditions.ts';
import { crdDirectory } from '../crd-directory.ts';
import { addOnConditions } from './add-on-conditions.ts';
import {
  clusterConditions,
  clusterProfileConditions,
  clusterSetBindingConditions,
  clusterSetConditions,
  managedNamespaceConditions,
} from './cluster-conditions.ts';
import type { ConditionOutcome } from './define-condition.ts';
import { placementConditions } from './placement-conditions.ts';
import { manifestConditions, replicaSetConditions, workConditions } from './work-conditions.ts';

const TABLES: readonly Readonly<Record<string, { readonly type: string }>>[] = [
  addOnConditions,
  clusterConditions,
  clusterProfileConditions,
  clusterSetBindingConditions,
  clusterSetConditions,
  managedNamespaceConditions,
  manifestConditions,
  placementConditions,
  replicaSetConditions,
  workConditions,
];

test('an outcome with a fixed message is all that setCondition needs', () => {
  const now = new Date('2026-03-01T08:00:00Z');
  expect(setCondition(undefined, clusterConditions.hubAccepted.accepted, now)).toEqual([
    {
      type: 'HubAcceptedManagedCluster',
      status: 'True',
      reason: 'HubClusterAdminAccepted',
      message: 'Accepted by hub cluster admin',
      lastTransitionTime: '2026-03-01T08:00:00Z',
    },
  ]);
});

test('every type and reason of the contract passes the schema of conditions', () => {
  const { type, reason } = conditionPatterns();
  for (const { type: name, ...outcomes } of TABLES.flatMap((table) => Object.values(table))) {
    expect(name).toMatch(type);
    for (const outcome of Object.values<ConditionOutcome>(outcomes)) expect(outcome.reason).toMatch(reason);
  }
});

function conditionPatterns(): { readonly type: RegExp; readonly reason: RegExp } {
  const cluster = readCrds(crdDirectory()).find(({ kind }) => kind === 'ManagedCluster');
  const conditions = cluster?.schema.properties?.['status']?.properties?.['conditions']?.items?.properties;
  return { type: patternOf(conditions?.['type']), reason: patternOf(conditions?.['reason']) };
}

function patternOf(schema: (Schema & { readonly pattern?: string }) | undefined): RegExp {
  if (!schema?.pattern) throw new Error('the schema of conditions has no pattern');
  return new RegExp(schema.pattern);
}
