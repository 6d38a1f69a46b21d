import type { PlacementSpec } from '@ocm/api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { labels } from '@ocm/api';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

const CONFIGURED = 'False Succeedconfigured: Placement configurations check pass';

let lab: PlacementLab;
beforeAll(async () => {
  lab = await startPlacementLab();
  await lab.start();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const tenantOf = (name: string): Promise<Tenant> => Tenant.withSet(lab, name);
const cel = (...celExpressions: readonly string[]): PlacementSpec => ({
  predicates: [{ requiredClusterSelector: { celSelector: { celExpressions } } }],
});

describe('CEL predicates', () => {
  test('[placement 34] that fail for a cluster do not match it, and nothing is misconfigured', async () => {
    const t = await tenantOf('x34');
    await t.addSet('x34-all', { selector: { selectorType: 'LabelSelector', labelSelector: {} } });
    await t.bind('x34-all');
    await t.addClusters(['c1'], { labels: { env: 'prod', [labels.clusterSet]: 'x34' } });
    await t.addClusters(['c2'], { labels: { x: 'y' } });
    await t.changeCluster('c2', { metadata: { labels: null } });
    await t.place('p', cel('managedCluster.metadata.labels["env"] == "prod"'));
    await t.decides('p', ['c1']);
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
  });

  test('[placement 35] read claims', async () => {
    const t = await tenantOf('x35');
    await t.addClusters(['c1'], { claims: { region: 'east' } });
    await t.addClusters(['c2'], { claims: { region: 'west' } });
    await t.place('p', cel('managedCluster.status.clusterClaims.exists(c, c.name == "region" && c.value == "west")'));
    await t.decides('p', ['c2']);
  });

  test('[placement 36] read scores; a cluster without them is not selected', async () => {
    const t = await tenantOf('x36');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.score('c1', { usage: 70 });
    await t.score('c2', { usage: 90 });
    await t.place('p', cel('managedCluster.scores("x36").filter(e, e.name == "usage").all(e, e.value > 80)'));
    await t.decides('p', ['c2']);
  });

  test('[placement 37, 38] that do not compile are reported until they are mended', async () => {
    const t = await tenantOf('x37');
    await t.addClusters(['c1']);
    await t.place('p', cel('xxxx.expression'));
    await t.reports(
      'p',
      'PlacementMisconfigured',
      /^True Misconfigured: Predicate:compilation failed: .*undeclared reference/,
    );
    await t.changePlacement('p', { spec: cel('semver("v1.2", true).major() == 1') });
    await t.reports('p', 'PlacementMisconfigured', /no matching overload/);
    expect(await t.decisions('p')).toEqual([]);
    await t.changePlacement('p', { spec: cel('true') });
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
    await t.decides('p', ['c1']);
  });

  test('[placement 39] that give no boolean match nobody, and nothing is misconfigured', async () => {
    const t = await tenantOf('x39');
    await t.addClusters(['c1']);
    await t.place('p', cel('managedCluster.metadata.name'));
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
    await t.decides('p', []);
  });

  test('[placement 40] read JSON in a claim, where numbers equal integers', async () => {
    const t = await tenantOf('x40');
    await t.addClusters(['c1'], { claims: { pools: '{"gpu": 2}' } });
    await t.addClusters(['c2'], { claims: { pools: '{"gpu": 3}' } });
    const json = 'managedCluster.status.clusterClaims.filter(c, c.name == "pools")[0].value.parseJSON()';
    await t.place('p', cel(`${json}.gpu == 2`));
    await t.decides('p', ['c1']);
  });

  test('[placement 41] that cost too much match nobody, and others go on', async () => {
    const t = await tenantOf('x41');
    await t.addClusters(['c1']);
    const ten = '[0,1,2,3,4,5,6,7,8,9]';
    const loop = ['a', 'b', 'c', 'd', 'e', 'f'].reduceRight((body, each) => `${ten}.all(${each}, ${body})`, 'a >= 0');
    await t.place('costly', cel(loop));
    await t.reports('costly', 'PlacementSatisfied', /NoManagedClusterMatched/);
    await t.reports('costly', 'PlacementMisconfigured', CONFIGURED);
    await t.place('p', cel('true'));
    await t.decides('p', ['c1']);
  });
});
