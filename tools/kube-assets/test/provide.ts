// Provides the default binaries from nowhere but a build; run by provide.test.ts, which kills it.
import { CONTROL_PLANE_BINARIES, provideKubeAssets } from '../src/index.ts';

const [cacheDir] = process.argv.slice(2);
const nowhere = 'http://127.0.0.1:2';
const assets = await provideKubeAssets({
  binaries: CONTROL_PLANE_BINARIES,
  env: process.env,
  cacheDir,
  mirror: { kubernetes: nowhere, etcd: nowhere },
  signal: new AbortController().signal,
  progress: () => undefined,
});
console.log(assets.source);
