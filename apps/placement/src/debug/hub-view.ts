import {
  AddOnPlacementScore,
  ConfigMap,
  type KubeObject,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Placement,
  PlacementDecision,
} from '@ocm/api';
import { slicesOfPlacement } from '@ocm/fleet';
import { type AnyInformer, type Clock, type InformerOptions, informer, type KubeClient } from '@ocm/kube';
import { namespaceOf } from '../controller/placement-caches.ts';
import type { PlacementWorld } from '../decide-placement.ts';
import { countDecisions } from '../schedule/decision-counts.ts';
import { unmeasured } from '../schedule/measure.ts';
import type { FindScore } from '../schedule/world.ts';
import { type CertificateRules, certificateRules, RULES_REF } from './certificate-rules.ts';

/** What the debug server knows of the hub; empty until its caches are filled. */
export interface HubView {
  /** What scheduling reads. */
  readonly informers: readonly AnyInformer[];
  /** What certificates are judged by. Without the right to read it tokens still work, so nobody waits for it. */
  readonly certificateRulesInformer: AnyInformer;
  readonly findPlacement: (ref: { readonly namespace: string; readonly name: string }) => Placement | undefined;
  readonly findScore: FindScore;
  /** Everything that scheduling a Placement of this name reads, stored or not. */
  readonly worldOf: (placement: Placement) => PlacementWorld;
  readonly certificateRules: () => CertificateRules;
  readonly onCertificateRulesChange: (listener: () => void) => () => void;
}

export function createHubView(
  client: KubeClient,
  { clock, ...common }: Pick<InformerOptions<KubeObject>, 'log' | 'metrics'> & { readonly clock: Clock },
): HubView {
  const options = { ...common, clock };
  const placements = informer(client.kind(Placement), options);
  const slices = informer(client.kind(PlacementDecision), {
    ...options,
    indexes: { namespace: namespaceOf },
  });
  const clusters = informer(client.kind(ManagedCluster), options);
  const sets = informer(client.kind(ManagedClusterSet), options);
  const bindings = informer(client.kind(ManagedClusterSetBinding), {
    ...options,
    indexes: { namespace: namespaceOf },
  });
  const scores = informer(client.kind(AddOnPlacementScore), options);
  const published = informer(client.kind(ConfigMap), {
    ...options,
    namespace: RULES_REF.namespace,
    fieldSelector: `metadata.name=${RULES_REF.name}`,
  });
  const findScore: FindScore = (cluster, resource) => scores.get({ namespace: cluster, name: resource });
  return {
    informers: [placements, slices, clusters, sets, bindings, scores],
    certificateRulesInformer: published,
    findPlacement: (ref) => placements.get(ref),
    findScore,
    worldOf: ({ metadata }) => ({
      bindings: bindings.by('namespace', metadata.namespace ?? ''),
      findSet: (name) => sets.get(name),
      clusters: clusters.list(),
      findCluster: (name) => clusters.get(name),
      findScore,
      // A full count: questions are rare here, and nothing has to be kept between them.
      counts: countDecisions(slices.list(), metadata),
      measure: unmeasured,
      slices: slicesOfPlacement(slices.by('namespace', metadata.namespace ?? ''), metadata),
      now: clock.now(),
    }),
    certificateRules: () => certificateRules(published.get(RULES_REF)),
    onCertificateRulesChange: (listener) => published.subscribe(listener),
  };
}
