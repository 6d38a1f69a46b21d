import { CONTROL_PLANE_BINARIES, KubeAssetsError, locateKubeAssets } from '@ocm/kube-assets';

/** Paths of etcd, kube-apiserver and kube-controller-manager, from `OCM_KUBE_ASSETS` or the user's cache. */
export async function programs(): Promise<Readonly<Record<(typeof CONTROL_PLANE_BINARIES)[number], string>>> {
  const located = await locateKubeAssets({ binaries: CONTROL_PLANE_BINARIES, env: process.env });
  if (located.kind === 'found') return located.assets.paths;
  throw new KubeAssetsError(
    `no ${CONTROL_PLANE_BINARIES.join(', ')} in ${located.directory}; ` +
      'run `npm run provide -w @ocm/kube-assets` once, which downloads or builds them',
  );
}
