import { join } from 'node:path';
import {
  admissionWebhook,
  admissionWebhooks,
  ManagedCluster,
  ManagedClusterSetBinding,
  MutatingWebhookConfiguration,
  type PolicyRule,
  ValidatingWebhookConfiguration,
} from '@ocm/api';
import { connect, type KubeClient, systemClock } from '@ocm/kube';
import { createLogger, parseFlags } from '@ocm/service';
import { openWebhookProcess } from '@ocm/service/webhooks';
import { freePort, grantRights, isRefused, until, writeServingCertificate } from '@ocm/testing';
import { type HubLab, startHubLab } from './hub-lab.ts';
import { registrationWebhooks } from '../src/webhook/webhooks.ts';
import { type WebhookServerConfig, webhookServerFlags } from '../src/webhook/webhook-flags.ts';

const WEBHOOK_USER = 'system:serviceaccount:open-cluster-management-hub:registration-webhook-sa';
/** Name of the role of the webhook, and of its binding. */
export const WEBHOOK_ROLE = `test:${WEBHOOK_USER}`;

/** What the operator gives the webhook (registration 26). */
const WEBHOOK_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/** An API server that asks the webhooks, which run in this process with the packaged rights. */
export interface WebhookLab extends HubLab {
  /** A user who may do everything with clusters and bindings, and what the rules say. */
  user(name: string, ...rules: readonly PolicyRule[]): Promise<KubeClient>;
}

export async function startWebhookLab({
  before,
}: {
  /** What is there before the webhooks. */
  readonly before?: (admin: KubeClient, signal: AbortSignal) => Promise<void>;
} = {}): Promise<WebhookLab> {
  await using open = new AsyncDisposableStack();
  const hub = open.use(await startHubLab());
  const { controlPlane, admin } = hub;
  const stopping = new AbortController();
  open.defer(() => stopping.abort());
  const { signal } = stopping;
  const clientOf = async (user: { user: string }): Promise<KubeClient> => {
    const source = { kind: 'text', text: await controlPlane.kubeconfig(user), directory: '/' } as const;
    return connect(source, { userAgent: 'test', signal });
  };
  await before?.(admin, signal);
  const user = async (name: string, ...rules: readonly PolicyRule[]): Promise<KubeClient> => {
    await grantRights(
      admin,
      { name: `test:${name}`, to: { user: name }, rules: [...CLUSTER_EDITOR, ...rules] },
      signal,
    );
    return clientOf({ user: name });
  };
  await grantRights(admin, { name: WEBHOOK_ROLE, to: { user: WEBHOOK_USER }, rules: WEBHOOK_RULES }, signal);
  const directory = join(controlPlane.directory, 'webhook');
  await writeServingCertificate(controlPlane.ca, directory);
  const port = await freePort();
  const config = configOf([`--port=${port}`, '--metrics-port=0', '--health-probe-port=0', `--certdir=${directory}`]);
  const collaborators = {
    clock: systemClock,
    log: createLogger({ verbosity: 0, destination: { write: () => undefined } }),
  };
  const routes = registrationWebhooks({
    ...collaborators,
    client: await clientOf({ user: WEBHOOK_USER }),
    gates: config.gates,
  });
  open.use(await openWebhookProcess({ config, routes, ...collaborators }));
  await installWebhooks(admin, { url: `https://127.0.0.1:${port}`, caPem: controlPlane.caPem }, signal);
  const owned = open.move();
  return { ...hub, user, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const CLUSTER_EDITOR: readonly PolicyRule[] = [
  {
    apiGroups: ['cluster.open-cluster-management.io'],
    resources: ['managedclusters', 'managedclustersetbindings'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
  },
];

function configOf(argv: readonly string[]): WebhookServerConfig {
  const outcome = parseFlags(webhookServerFlags, argv, { name: 'webhook-server', summary: '', examples: [] });
  if (outcome.kind === 'help') throw new Error(outcome.text);
  return outcome.config;
}

/** Registers the webhooks as the operator does, but with a URL, and waits until the API server asks them. */
export async function installWebhooks(
  admin: KubeClient,
  { url, caPem }: { readonly url: string; readonly caPem: string },
  signal: AbortSignal,
): Promise<void> {
  const caBundle = Buffer.from(caPem).toString('base64');
  const { clusterMutating, clusterValidating, clusterSetBindingValidating } = admissionWebhooks;
  for (const contract of [clusterValidating, clusterSetBindingValidating]) {
    const webhooks = [admissionWebhook(contract, { url: url + contract.path, caBundle })];
    await admin
      .kind(ValidatingWebhookConfiguration)
      .create({ metadata: { name: contract.name }, webhooks }, { signal });
  }
  const { name, path } = clusterMutating;
  const webhooks = [admissionWebhook(clusterMutating, { url: url + path, caBundle })];
  await admin.kind(MutatingWebhookConfiguration).create({ metadata: { name }, webhooks }, { signal });
  await until(() => areAsked(admin, signal), { describe: 'the API server asks the webhooks' });
}

async function areAsked(admin: KubeClient, signal: AbortSignal): Promise<boolean> {
  const dryRun = { signal, dryRun: true };
  const clusters = admin.kind(ManagedCluster);
  const metadata = { name: 'probe' };
  const mutated = await clusters.create({ metadata, spec: { taints: [{ key: 'k', effect: 'NoSelect' }] } }, dryRun);
  const answers = await Promise.all([
    isRefused(clusters.create({ metadata, spec: { managedClusterClientConfigs: [{ url: 'http://a' }] } }, dryRun)),
    isRefused(
      admin
        .kind(ManagedClusterSetBinding)
        .create({ metadata: { ...metadata, namespace: 'default' }, spec: { clusterSet: 'other' } }, dryRun),
    ),
  ]);
  return answers.every(Boolean) && typeof mutated.spec?.taints?.[0]?.timeAdded === 'string';
}
