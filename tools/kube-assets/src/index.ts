export {
  CONTROL_PLANE_BINARIES,
  ETCD_VERSION,
  KUBE_BINARIES,
  KUBERNETES_VERSION,
  type KubeBinary,
} from './binaries.ts';
export { KubeAssetsError } from './error.ts';
export {
  ASSETS_VARIABLE,
  type Environment,
  type KubeAssets,
  locateKubeAssets,
  type Located,
  type LocateRequest,
} from './locate.ts';
export type { Mirror } from './download.ts';
export { describeProgress, type Progress } from './progress.ts';
export { displayProgress, type ProgressDisplay, type ProgressSink } from './progress-display.ts';
export { provideKubeAssets, type ProvideOptions } from './provide.ts';
