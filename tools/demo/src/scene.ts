import { join } from 'node:path';
import { Namespace } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { startSupervisor } from '@ocm/testing';
import { type Administrator, administrator } from './administrator.ts';
import { grantBootstrapRights } from './bootstrap-rights.ts';
import { type Component, type ComponentOptions, failWhenItEnds, startComponent, stopComponents } from './components.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { createGrpcAuthority, type GrpcAuthority, type GrpcGateway, startGrpcGateway } from './grpc-gateway.ts';
import { HUB_NAMESPACE } from './hub-namespace.ts';

const APPS = join(import.meta.dirname, '../../../apps');

/** A hub with our controller and an administrator, and managed clusters that are still empty. What every step works with. */
export interface Scene extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly hub: KubeClient;
  readonly admin: Administrator;
  /** Where agents go that have no way to the hub's API, and whose they are. */
  readonly gateway: (GrpcGateway & { readonly clusters: readonly string[] }) | undefined;
  /** Files of the scene; gone at its end. */
  readonly directory: string;
  /** Fires when the scene is about to end. */
  readonly signal: AbortSignal;
  /** Starts one of our processes, with its log in the directory. */
  start(component: Pick<ComponentOptions, 'name' | 'app' | 'args'>): Promise<Component>;
  /** Rejects when one of our processes ends although nobody stopped it; never resolves. */
  readonly failure: Promise<never>;
}

export interface SceneOptions {
  /** Names of the managed clusters. */
  readonly names: readonly string[];
  readonly signal: AbortSignal;
  /** `source` runs apps/<app>/src, `bundle` what `npm run build` left in dist/. */
  readonly run: 'source' | 'bundle';
  /** Keep audit logs of the API servers. */
  readonly audit?: boolean;
  /** Those of them whose agents come by gRPC alone. */
  readonly overGrpc?: readonly string[];
}

/** Starts the control planes and the registration controller. What it started ends with the scene, also when this fails half-way. */
export async function openScene({ names, signal, run, audit = false, overGrpc = [] }: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const fleet = stack.use(await startFleet(names, audit));
  const supervisor = startSupervisor();
  stack.defer(() => supervisor.stop());
  const directory = await supervisor.makeDirectory('ocm-demo-');
  const stop = new AbortController();
  const ending = AbortSignal.any([signal, stop.signal]);
  const hub = stack.use(
    await connect(kubeconfigFile(fleet.hub.adminKubeconfigPath), { userAgent: 'demo', signal: ending }),
  );
  const admin = administrator(hub, ending);
  const failure = Promise.withResolvers<never>();
  const watching = admin.run().catch(failure.reject);
  failure.promise.catch(() => undefined);
  const components: Component[] = [];
  stack.defer(async () => {
    stop.abort();
    await stopComponents(components);
    await watching;
  });
  const programOf = (app: string): string => join(APPS, app, run === 'source' ? 'src/main.ts' : `dist/${app}.mjs`);
  const start: Scene['start'] = async (component) => {
    const started = await startComponent(supervisor, { ...component, directory, programOf });
    components.push(started);
    failWhenItEnds(started, ending).catch(failure.reject);
    return started;
  };
  await hub.kind(Namespace).create({ metadata: { name: HUB_NAMESPACE } }, { signal });
  await grantBootstrapRights(hub, signal);
  const authority = overGrpc.length === 0 ? undefined : await createGrpcAuthority(directory);
  const args = ['controller', '--kubeconfig', fleet.hub.adminKubeconfigPath, '--namespace', HUB_NAMESPACE];
  await start({ name: 'registration-controller', app: 'registration', args: [...args, ...signingFlags(authority)] });
  const parts = { fleet, hub, directory, signal: ending, start };
  const opening = authority === undefined ? undefined : startGrpcGateway(parts, authority);
  // A server that ends before it listens says why; nobody waits a minute for it.
  const opened = await Promise.race([opening, failure.promise]);
  const gateway = opened === undefined ? undefined : { ...opened, clusters: overGrpc };
  const kept = stack.move();
  return {
    ...parts,
    admin,
    gateway,
    failure: failure.promise,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** With which the hub controller signs the certificates of agents that come by gRPC. */
function signingFlags(authority: GrpcAuthority | undefined): readonly string[] {
  if (authority === undefined) return [];
  const { certificateFile, keyFile } = authority;
  return ['--enabled-registration-drivers=csr,grpc', '--grpc-ca-file', certificateFile, '--grpc-key-file', keyFile];
}
