import { clusterImportConfig, ConfigMap, Secret, type TokenRequest } from '@ocm/api';
import { currentContext, type KubeClient, parseKubeconfig } from '@ocm/kube';
import { parseDocument } from 'yaml';
import { bootstrapKubeconfig } from './bootstrap-kubeconfig.ts';
import type { RendererName } from './renderer-names.ts';
import { baseValues, type KlusterletValues, overlayValues } from './klusterlet-values.ts';

/** What the renderers are told by flags. */
export interface ImportSettings {
  /** In the order in which they run, each over the result of those before; `render-auto` when empty. */
  readonly renderers: readonly RendererName[];
  /** Address of this hub for imported clusters; without it, what the hub says about itself. */
  readonly hubApiServerUrl: string | undefined;
  /** Image of the operator on imported clusters. */
  readonly agentImage: string | undefined;
  readonly bootstrapServiceAccount: { readonly namespace: string; readonly name: string };
  /** Where the pull secret lies: the namespace of this process. */
  readonly namespace: string;
  readonly imagePullSecretName: string;
}

interface RenderContext {
  readonly client: KubeClient;
  readonly settings: ImportSettings;
}

const TOKEN_SECONDS = 24 * 3600;
const PULL_SECRET_KEY = '.dockerconfigjson';

/** Values for the klusterlet chart on one cluster. */
export async function renderValues(
  context: RenderContext,
  cluster: string,
  signal: AbortSignal,
): Promise<KlusterletValues> {
  const { renderers } = context.settings;
  let values = baseValues(cluster);
  for (const renderer of renderers.length > 0 ? renderers : (['render-auto'] as const)) {
    const over = await RENDERERS[renderer](context, cluster, signal);
    values = overlayValues(values, over);
  }
  return values;
}

type Renderer = (context: RenderContext, cluster: string, signal: AbortSignal) => Promise<unknown>;

const RENDERERS: Readonly<Record<RendererName, Renderer>> = {
  'render-from-config-secret': fromConfigSecret,
  'render-auto': fromHub,
};

async function fromConfigSecret({ client }: RenderContext, cluster: string, signal: AbortSignal): Promise<unknown> {
  const { name, key } = clusterImportConfig;
  const where = `key "${key}" of secret ${cluster}/${name}`;
  const secret = await client.kind(Secret).find({ namespace: cluster, name }, { signal });
  if (secret === undefined) throw new Error(`secret ${cluster}/${name} does not exist`);
  const text = Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
  if (text.trim() === '') throw new Error(`${where} is missing or empty`);
  const document = parseDocument(text);
  const [error] = document.errors;
  // The parser's own message quotes the text, which may hold credentials.
  if (error !== undefined)
    throw new Error(`${where} is not YAML: ${error.code} in line ${error.linePos?.[0].line ?? 0}`);
  return document.toJS() as unknown;
}

async function fromHub({ client, settings }: RenderContext, _cluster: string, signal: AbortSignal): Promise<unknown> {
  const { agentImage, bootstrapServiceAccount } = settings;
  const [info, rootCa, token, pullSecret] = await Promise.all([
    clusterInfo(client, signal),
    configMapKey(client, { name: 'kube-root-ca.crt', key: 'ca.crt' }, signal),
    bootstrapToken(client, bootstrapServiceAccount, signal),
    pullSecretOf(client, settings, signal),
  ]);
  const server = settings.hubApiServerUrl ?? info?.server;
  if (server === undefined) {
    throw new Error(
      'the address of this hub is unknown: set --hub-apiserver-url, or provide ConfigMap kube-public/cluster-info',
    );
  }
  const caData = info?.caData ?? (rootCa === undefined ? undefined : Buffer.from(rootCa).toString('base64'));
  return {
    bootstrapHubKubeConfig: bootstrapKubeconfig({ server, caData, token }),
    images: {
      ...(agentImage === undefined ? {} : { overrides: { operatorImage: agentImage } }),
      ...(pullSecret === undefined
        ? {}
        : { imageCredentials: { createImageCredentials: true, dockerConfigJson: pullSecret } }),
    },
  };
}

/** What kubeadm publishes about a cluster. */
async function clusterInfo(
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly server: string; readonly caData: string | undefined } | undefined> {
  const text = await configMapKey(client, { name: 'cluster-info', key: 'kubeconfig' }, signal);
  if (text === undefined) return undefined;
  const kubeconfig = parseKubeconfig(text);
  // The published kubeconfig has one cluster and, as a rule, no context.
  const cluster =
    kubeconfig.currentContext === '' ? [...kubeconfig.clusters.values()][0] : currentContext(kubeconfig).cluster;
  return cluster && { server: cluster.server, caData: cluster.certificateAuthorityData };
}

async function configMapKey(
  client: KubeClient,
  { name, key }: { readonly name: string; readonly key: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await client.kind(ConfigMap).find({ namespace: 'kube-public', name }, { signal });
  return found?.data?.[key] || undefined;
}

async function bootstrapToken(
  client: KubeClient,
  { namespace, name }: ImportSettings['bootstrapServiceAccount'],
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
  };
  const answer = await client.request({ method: 'POST', path, body, signal });
  const token = answer.status === 201 ? (JSON.parse(answer.body) as TokenRequest).status?.token : undefined;
  if (token === undefined) throw new Error(`no token for service account ${namespace}/${name}: HTTP ${answer.status}`);
  return token;
}

async function pullSecretOf(
  client: KubeClient,
  { namespace, imagePullSecretName: name }: ImportSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const secret = await client.kind(Secret).find({ namespace, name }, { signal });
  const content = secret?.data?.[PULL_SECRET_KEY];
  return content === undefined ? undefined : Buffer.from(content, 'base64').toString('utf8');
}
