import { readFile } from 'node:fs/promises';
import {
  clusterConditions,
  crdDirectory,
  type EmbeddedObject,
  isConditionTrue,
  type KubeObject,
  type ManagedCluster,
  namespaces,
  setCondition,
} from '@ocm/api';
import {
  type AnyInformer,
  asError,
  connect,
  type Controller,
  defineController,
  done,
  informer,
  type Informer,
  keyOf,
  type KubeClient,
} from '@ocm/kube';
import { parse } from 'yaml';
import { buildInfo } from '../../build-info.ts';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { capiAccess, CapiCluster, capiKeyOf } from './cluster-api.ts';
import { afterImport, importCondition, type ImportResult, isToBeImported } from './judge-import.ts';
import { klusterletManifests } from './klusterlet-manifests.ts';
import { renderValues } from './render-values.ts';

export type ImportContext = Pick<HubContext, 'client' | 'clusters' | 'clock' | 'log' | 'settings'> & {
  readonly capiClusters: Informer<CapiCluster> & AnyInformer;
};

/** The clusters of Cluster API: names and phases. */
export function capiClusterCache({
  client,
  cacheOptions,
}: Pick<HubContext, 'client' | 'cacheOptions'>): ImportContext['capiClusters'] {
  return informer(client.kind(CapiCluster), {
    ...cacheOptions,
    transform: ({ metadata: { name, namespace = '', uid = '', resourceVersion = '' }, status }) => ({
      metadata: { name, namespace, uid, resourceVersion },
      status: { phase: status?.phase ?? '' },
    }),
  });
}

const FIELD_MANAGER = 'managed-cluster-importer';
const CONNECTION_MS = 30_000;

/** Installs the agents on clusters that Cluster API has provisioned (gate ClusterImporter). */
export function importController(context: ImportContext): Controller {
  const { clusters, capiClusters, clock, log } = context;
  // Without Cluster API on the hub the cache never fills, and nothing else may wait for it.
  const provisioning = capiClusters.events(({ type, object }) =>
    type === 'deleted' ? undefined : clusters.cache.by('capiCluster', keyOf(object)).map(keyOf),
  );
  return defineController({
    name: 'managed-cluster-importer',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      { start: (enqueue) => provisioning.start(enqueue) },
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (!isToBeImported(cluster)) return done();
      const key = capiKeyOf(cluster);
      if (capiClusters.get(key) === undefined) return done();
      const result = await importCluster(context, cluster, signal);
      const conditions = setCondition(cluster.status?.conditions, importCondition(result), clock.now());
      await clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
      if (result.kind === 'imported') log.info({ cluster: name }, 'cluster imported');
      return afterImport(result);
    },
  });
}

function whatDecides({ metadata, status }: ManagedCluster): unknown {
  const { uid, deletionTimestamp, annotations } = metadata;
  // Whoever takes the condition away wants the cluster imported again.
  const isImported = isConditionTrue(status?.conditions, clusterConditions.importSucceeded.type);
  return { uid, deletionTimestamp, annotations, isImported };
}

async function importCluster(
  context: ImportContext,
  cluster: ManagedCluster,
  signal: AbortSignal,
): Promise<ImportResult> {
  const { name } = cluster.metadata;
  const access = await capiAccess(context, capiKeyOf(cluster), signal).catch(failed('access-failed', signal));
  if (access.kind !== 'kubeconfig') return access;
  const rendered = await render(context, name, signal).catch(failed('render-failed', signal));
  if (rendered.kind !== 'rendered') return rendered;
  return applyAll(access.text, rendered, signal).catch(failed('apply-failed', signal));
}

/** An error as the result of a step; when we are told to stop it is no result. */
function failed<K extends ImportResult['kind']>(
  kind: K,
  signal: AbortSignal,
): (error: unknown) => { readonly kind: K; readonly error: Error } {
  return (error) => {
    signal.throwIfAborted();
    return { kind, error: asError(error) };
  };
}

interface Rendered {
  readonly kind: 'rendered';
  readonly crd: EmbeddedObject;
  readonly objects: readonly EmbeddedObject[];
}

async function render({ client, settings }: ImportContext, cluster: string, signal: AbortSignal): Promise<Rendered> {
  const values = await renderValues({ client, settings: settings.importing }, cluster, signal);
  const file = new URL('operator.open-cluster-management.io_klusterlets.yaml', crdDirectory());
  const crd = parse(await readFile(file, 'utf8')) as EmbeddedObject;
  return {
    kind: 'rendered',
    crd,
    objects: klusterletManifests(values, { namespace: namespaces.agent, version: buildInfo.gitVersion }),
  };
}

/** The CRD first; then each of the others, also when some fail. */
async function applyAll(kubeconfig: string, { crd, objects }: Rendered, signal: AbortSignal): Promise<ImportResult> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(CONNECTION_MS)]);
  await using target = await connect(
    { kind: 'text', text: kubeconfig, directory: '/nonexistent' },
    { userAgent: FIELD_MANAGER, signal: ending },
  );
  await applyObject(target, crd, ending);
  const failures: unknown[] = [];
  for (const object of objects) {
    await applyObject(target, object, ending).catch((error: unknown) => failures.push(error));
  }
  if (failures.length === 0) return { kind: 'imported' };
  return {
    kind: 'apply-failed',
    error: new AggregateError(failures, `${failures.length} objects could not be applied`),
  };
}

async function applyObject(target: KubeClient, object: EmbeddedObject, signal: AbortSignal): Promise<void> {
  const [version = '', group = ''] = object.apiVersion.split('/').toReversed();
  const kind = await target.mapper.find({ group, version, kind: object.kind }, { signal });
  if (kind === undefined) throw new Error(`the cluster does not serve ${object.apiVersion} ${object.kind} yet`);
  // It is the importer's own object, with a name.
  await target
    .kind(kind)
    .apply(object as KubeObject & EmbeddedObject, { fieldManager: FIELD_MANAGER, force: true, signal });
}
