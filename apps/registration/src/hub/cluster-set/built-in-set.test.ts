import type { ManagedClusterSet } from '@ocm/api';
import { aClusterSet } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { defaultSet, globalSet, planBuiltInSet } from './built-in-set.ts';

const exclusive = { selectorType: 'ExclusiveClusterSetLabel' } as const;
const all = { selectorType: 'LabelSelector', labelSelector: {} } as const;

describe('the built-in sets', () => {
  test.each([
    { builtIn: defaultSet, selector: exclusive },
    { builtIn: globalSet, selector: all },
  ])(
    '[registration 46] $builtIn.name is created when it is missing, and left alone when its selector is right',
    ({ builtIn, selector }) => {
      const { name } = builtIn;
      expect(planBuiltInSet(builtIn, undefined)).toEqual({
        kind: 'create',
        set: { metadata: { name }, spec: { clusterSelector: selector } },
      });
      const labelled = aClusterSet({ name, selector, labels: { team: 'x' }, managedNamespaces: ['ns'] });
      expect(planBuiltInSet(builtIn, labelled)).toEqual({ kind: 'keep' });
    },
  );

  test.each<{ readonly selector: NonNullable<NonNullable<ManagedClusterSet['spec']>['clusterSelector']> }>([
    { selector: exclusive },
    { selector: { selectorType: 'LabelSelector' } },
    { selector: { selectorType: 'LabelSelector', labelSelector: { matchLabels: { a: 'b' } } } },
  ])('[registration 46] global gets its selector back from $selector and keeps its namespaces', ({ selector }) => {
    const present = aClusterSet({ name: 'global', selector, managedNamespaces: ['ns'] });
    expect(planBuiltInSet(globalSet, present)).toEqual({
      kind: 'restore',
      present,
      spec: { clusterSelector: all, managedNamespaces: [{ name: 'ns' }] },
    });
  });

  test.each([
    { autoupdate: 'false', kind: 'keep' },
    { autoupdate: 'true', kind: 'restore' },
    { autoupdate: 'False', kind: 'restore' },
  ])('[registration 46] an edited selector with autoupdate=$autoupdate: $kind', ({ autoupdate, kind }) => {
    const annotations = { 'cluster.open-cluster-management.io/autoupdate': autoupdate };
    const present = aClusterSet({ name: 'default', selector: all, annotations });
    expect(planBuiltInSet(defaultSet, present).kind).toBe(kind);
  });

  test('[registration 46] one that is being deleted is not edited', () => {
    const present = aClusterSet({
      name: 'default',
      selector: all,
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
    });
    expect(planBuiltInSet(defaultSet, present)).toEqual({ kind: 'keep' });
  });
});
