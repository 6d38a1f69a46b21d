import { ConfigMap, Service } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { until } from '@ocm/testing';
import { HELLO_NAMESPACE } from './hello-work.ts';
import type { Scene } from './scene.ts';
import type { Screen } from './screen.ts';

const STEP_MS = 60_000;
const REF = { namespace: HELLO_NAMESPACE, name: 'hello' };

/** Somebody edits and deletes applied objects on every managed cluster; the agents put them right. */
export async function showDrift({ fleet, signal }: Scene, screen: Screen): Promise<void> {
  screen.say('\nDrift: on each cluster somebody edits ConfigMap hello and deletes Service hello ...');
  await Promise.all(
    [...fleet.clusters].map(async ([name, plane]) => {
      await using spoke = await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'demo', signal });
      const [configMaps, services] = [spoke.kind(ConfigMap), spoke.kind(Service)];
      const waiting = { deadlineMs: STEP_MS, signal };
      const { data } = await configMaps.get(REF, { signal });
      const startedAt = performance.now();
      await configMaps.mergePatch(REF, { data: { greeting: 'edited by hand' } }, { signal });
      await services.delete(REF, { signal });
      await until(async () => (await configMaps.get(REF, { signal })).data?.['greeting'] === data?.['greeting'], {
        describe: `${name} has the ConfigMap as it was`,
        ...waiting,
      });
      await until(async () => (await services.find(REF, { signal })) !== undefined, {
        describe: `${name} has the Service again`,
        ...waiting,
      });
      screen.say(
        `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${name}: both are as the hub wants them`,
      );
    }),
  );
}
