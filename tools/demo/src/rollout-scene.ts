import { ConfigMap, findCondition, ManifestWorkReplicaSet } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { until } from '@ocm/testing';
import { chooseEveryCluster, GREETING, GREETING_NAMESPACE, greetingSet, TEAM_NAMESPACE } from './greeting.ts';
import type { Scene } from './scene.ts';
import type { Screen } from './screen.ts';

const STEP_MS = 60_000;
const REF = { namespace: TEAM_NAMESPACE, name: GREETING };

/** Rolls a ConfigMap out over all clusters, one after the other, and then another version of it. */
export async function showRollout(scene: Scene, screen: Screen): Promise<void> {
  const { hub, signal } = scene;
  const sets = hub.kind(ManifestWorkReplicaSet);
  await chooseEveryCluster(hub, signal);
  screen.say('\nA rollout: one ManifestWorkReplicaSet for a Placement of all clusters, one cluster at a time ...');
  await sets.create(greetingSet('hello'), { signal });
  await watchRollout(scene, screen, 'hello');
  screen.say('A new version of its template ...');
  const { spec } = greetingSet('hello again');
  await sets.mergePatch(REF, { spec: { manifestWorkTemplate: spec?.manifestWorkTemplate } }, { signal });
  await watchRollout(scene, screen, 'hello again');
}

/** Deletes the replica set and waits until it is gone, which with Foreground means that its works are. */
export async function removeRollout({ hub, signal }: Scene): Promise<void> {
  const sets = hub.kind(ManifestWorkReplicaSet);
  await sets.delete(REF, { signal });
  await until(async () => (await sets.find(REF, { signal })) === undefined, {
    describe: 'the replica set and its works are gone',
    deadlineMs: STEP_MS,
    signal,
  });
}

async function watchRollout(scene: Scene, screen: Screen, text: string): Promise<void> {
  const { fleet, hub, signal } = scene;
  const startedAt = performance.now();
  const tell = (what: string): void =>
    screen.say(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  await Promise.all(
    [...fleet.clusters].map(async ([name, plane]) => {
      await using spoke = await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'demo', signal });
      const configMaps = spoke.kind(ConfigMap);
      const ref = { namespace: GREETING_NAMESPACE, name: GREETING };
      await until(async () => (await configMaps.find(ref, { signal }))?.data?.['text'] === text, {
        describe: `${name} has the ConfigMap ${GREETING} with "${text}"`,
        deadlineMs: STEP_MS,
        signal,
      });
      tell(`${name}: ConfigMap ${GREETING} says "${text}"`);
    }),
  );
  const message = await until(
    async () => {
      const set = await hub.kind(ManifestWorkReplicaSet).get(REF, { signal });
      const rolledOut = findCondition(set.status?.conditions, 'PlacementRolledOut');
      if (rolledOut?.status !== 'True') throw new Error(rolledOut?.message ?? 'there is no condition yet');
      return rolledOut.message;
    },
    { describe: 'the rollout is complete', deadlineMs: STEP_MS, signal },
  );
  tell(`hub: PlacementRolledOut is True: ${message}`);
}
