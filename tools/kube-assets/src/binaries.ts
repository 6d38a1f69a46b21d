import { createHash } from 'node:crypto';

/** The Kubernetes release that every binary but etcd comes from. */
export const KUBERNETES_VERSION = '1.35.4';
export const ETCD_VERSION = '3.6.5';

/** A program of a cluster's control plane or node. */
export type KubeBinary =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-proxy' | 'kube-scheduler' | 'kubelet';

/** Every binary that can be provided, in the order in which the command line lists them. */
export const KUBE_BINARIES: readonly KubeBinary[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];

/** What a control plane for integration tests is made of. */
export const CONTROL_PLANE_BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;

/** One `go build`: the packages of one project with the flags that its own release build would use. */
export interface GoProject {
  readonly binaries: readonly KubeBinary[];
  readonly ldflags: string;
}

const VERSION_PACKAGE = 'k8s.io/component-base/version';
const [MAJOR, MINOR] = KUBERNETES_VERSION.split('.');
// Without the stamps /version answers v0.0.0-master+$Format:%H$ (lab 2).
const KUBERNETES_STAMPS = {
  gitVersion: `v${KUBERNETES_VERSION}`,
  gitMajor: MAJOR,
  gitMinor: MINOR,
  gitCommit: '0000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
};

export const GO_PROJECTS: readonly GoProject[] = [
  { binaries: ['etcd'], ldflags: '-s -w' },
  {
    binaries: KUBE_BINARIES.filter((binary) => binary !== 'etcd'),
    ldflags: [
      '-s -w',
      ...Object.entries(KUBERNETES_STAMPS).map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`),
    ].join(' '),
  },
];

/** The main package of a binary. */
export function goPackage(binary: KubeBinary): string {
  return binary === 'etcd' ? 'go.etcd.io/etcd/server/v3' : `k8s.io/kubernetes/cmd/${binary}`;
}

/** `linux`/`amd64` as Go, and with it the release servers, spell it. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The platform of a Node process, given its `process.platform` and `process.arch`. */
export function goPlatform(platform: string, arch: string): Platform {
  return { os: platform === 'win32' ? 'windows' : platform, arch: GO_ARCH[arch] ?? arch };
}

/** Name of the cache folder: everything that makes two sets of binaries differ is in it. */
export function cacheKey({ os, arch }: Platform): string {
  const flags = createHash('sha256')
    .update(JSON.stringify([ETCD_VERSION, GO_PROJECTS]))
    .digest('hex');
  return `${KUBERNETES_VERSION}-${os}-${arch}-${flags.slice(0, 12)}`;
}
