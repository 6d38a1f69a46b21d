import { annotationPrefixes, type ClusterClientConfig, type ManagedCluster, type NewObject } from '@ocm/api';

/** What the agent says about its cluster when it creates it (registration 5.5). */
export interface ClusterTemplate {
  readonly name: string;
  /** As given; only those for agents are used. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Addresses under which the cluster's API server can be reached from outside. */
  readonly externalServerUrls: readonly string[];
  /** PEM in base64; of the API server at those addresses. */
  readonly caBundle: string | undefined;
  readonly decorate: (cluster: NewObject<ManagedCluster>) => NewObject<ManagedCluster>;
}

export type ClusterPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'create'; readonly cluster: NewObject<ManagedCluster> }
  | { readonly kind: 'replace'; readonly cluster: ManagedCluster };

/** What to do about the ManagedCluster before the agent has a credential of its own. Annotations alone change nothing. */
export function planCluster(live: ManagedCluster | undefined, template: ClusterTemplate): ClusterPlan {
  if (live === undefined) return { kind: 'create', cluster: decorated(newCluster(template.name), template) };
  const wanted = decorated(live, template);
  const same = wanted.spec?.managedClusterClientConfigs?.length === live.spec?.managedClusterClientConfigs?.length;
  return same
    ? { kind: 'keep' }
    : { kind: 'replace', cluster: { ...wanted, metadata: { ...live.metadata, ...wanted.metadata } } };
}

/** Names of given annotations that are not for agents and so are ignored, for a warning. */
export function ignoredAnnotations(annotations: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(annotations).filter((key) => !isForAgents(key));
}

/** With a spec, so that the schema fills in its defaults. */
const newCluster = (name: string): NewObject<ManagedCluster> => ({
  metadata: { name },
  spec: { hubAcceptsClient: false },
});

const isForAgents = (key: string): boolean => key.startsWith(annotationPrefixes.agent);

/** URLs that the cluster has already keep their place and their CA. */
function decorated(cluster: NewObject<ManagedCluster>, template: ClusterTemplate): NewObject<ManagedCluster> {
  const given = Object.entries(template.annotations).filter(([key]) => isForAgents(key));
  const annotations = { ...cluster.metadata.annotations, ...Object.fromEntries(given) };
  const present = cluster.spec?.managedClusterClientConfigs ?? [];
  const configs = [...present, ...missingConfigs(present, template)];
  return template.decorate({
    ...cluster,
    metadata: { ...cluster.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    ...(configs.length === 0 ? {} : { spec: { ...cluster.spec, managedClusterClientConfigs: configs } }),
  });
}

function missingConfigs(
  present: readonly ClusterClientConfig[],
  { externalServerUrls, caBundle }: ClusterTemplate,
): readonly ClusterClientConfig[] {
  return externalServerUrls
    .filter((url) => !present.some((config) => config.url === url))
    .map((url) => (caBundle === undefined ? { url } : { url, caBundle }));
}
