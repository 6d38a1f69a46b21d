import { join } from 'node:path';
import {
  admissionWebhook,
  admissionWebhooks,
  ManifestWork,
  type ManifestWorkReplicaSet,
  Namespace,
  type PolicyRule,
  replicaSetValidatingPath,
  ValidatingWebhookConfiguration,
} from '@ocm/api';
import { connect, type KubeClient, systemClock } from '@ocm/kube';
import { createLogger, parseFlags } from '@ocm/service';
import { openWebhookProcess } from '@ocm/service/webhooks';
import {
  type ControlPlane,
  freePort,
  grantRights,
  isRefused,
  startControlPlane,
  until,
  writeServingCertificate,
} from '@ocm/testing';
import { webhookServerFlags } from '../src/webhook/webhook-flags.ts';
import { workWebhooks } from '../src/webhook/webhooks.ts';

const WEBHOOK_USER = 'system:serviceaccount:open-cluster-management-hub:work-webhook-sa';

/** What the operator gives the webhook (work 17.2). */
const WEBHOOK_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

const WORK_EDITOR: PolicyRule = {
  apiGroups: ['work.open-cluster-management.io'],
  resources: ['manifestworks', 'manifestworkreplicasets'],
  verbs: ['get', 'create', 'update', 'patch', 'delete'],
};

/** An API server with a cluster namespace `cluster1` that asks the webhooks, which run in this process with the packaged rights. */
export interface WebhookLab extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
  /** A user who may do everything with works, and what the rules say. */
  user(name: string, ...rules: readonly PolicyRule[]): Promise<KubeClient>;
}

export async function startWebhookLab(...flags: readonly string[]): Promise<WebhookLab> {
  await using open = new AsyncDisposableStack();
  const controlPlane = open.use(await startControlPlane());
  const stopping = new AbortController();
  open.defer(() => stopping.abort());
  const { signal } = stopping;
  const clientOf = async (user: 'admin' | { user: string }): Promise<KubeClient> => {
    const source = { kind: 'text', text: await controlPlane.kubeconfig(user), directory: '/' } as const;
    return connect(source, { userAgent: 'test', signal });
  };
  const admin = await clientOf('admin');
  await admin.kind(Namespace).create({ metadata: { name: 'cluster1' } }, { signal });
  await grantRights(admin, { name: 'test:webhook', to: { user: WEBHOOK_USER }, rules: WEBHOOK_RULES }, signal);
  const directory = join(controlPlane.directory, 'webhook');
  await writeServingCertificate(controlPlane.ca, directory);
  const port = await freePort();
  const argv = [`--port=${port}`, '--metrics-port=0', '--health-probe-port=0', `--certdir=${directory}`, ...flags];
  const outcome = parseFlags(webhookServerFlags, argv, { name: 'webhook-server', summary: '', examples: [] });
  if (outcome.kind === 'help') throw new Error(outcome.text);
  const { config } = outcome;
  const log = createLogger({ verbosity: 0, destination: { write: () => undefined } });
  const client = await clientOf({ user: WEBHOOK_USER });
  const routes = workWebhooks({ client, log, gates: config.gates, limitBytes: config.manifestLimitBytes });
  open.use(await openWebhookProcess({ config, routes, clock: systemClock, log }));
  await installWebhooks(admin, { url: `https://127.0.0.1:${port}`, caPem: controlPlane.caPem }, signal);
  const owned = open.move();
  return {
    controlPlane,
    admin,
    signal,
    async user(name, ...rules) {
      await grantRights(admin, { name: `test:${name}`, to: { user: name }, rules: [WORK_EDITOR, ...rules] }, signal);
      return clientOf({ user: name });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Address {
  readonly url: string;
  readonly caPem: string;
}

/** Registers the webhook as the operator does, but with a URL, and waits until the API server asks it. */
export async function installWebhooks(admin: KubeClient, { url, caPem }: Address, signal: AbortSignal): Promise<void> {
  const caBundle = Buffer.from(caPem).toString('base64');
  const { workValidating } = admissionWebhooks;
  const configurations = admin.kind(ValidatingWebhookConfiguration);
  const webhook = admissionWebhook(workValidating, { url: url + workValidating.path, caBundle });
  await configurations.create({ metadata: { name: workValidating.name }, webhooks: [webhook] }, { signal });
  const empty = { metadata: { namespace: 'cluster1', name: 'probe' }, spec: {} };
  await until(() => isRefused(admin.kind(ManifestWork).create(empty, { signal, dryRun: true })), {
    describe: 'the API server asks the webhook',
  });
}

/** Registers the webhook for replica sets too, as an administrator may (work 15.1). */
export async function installReplicaSetWebhook(
  { admin, signal }: Pick<WebhookLab, 'admin' | 'signal'>,
  probe: () => Promise<ManifestWorkReplicaSet>,
): Promise<void> {
  const configurations = admin.kind(ValidatingWebhookConfiguration);
  const { webhooks = [] } = await configurations.get(admissionWebhooks.workValidating.name, { signal });
  const added = webhooks.map((webhook) => ({
    ...webhook,
    name: 'replicasets.example.io',
    clientConfig: {
      ...webhook.clientConfig,
      url: webhook.clientConfig.url?.replace(admissionWebhooks.workValidating.path, replicaSetValidatingPath),
    },
    rules: webhook.rules?.map((rule) => ({
      ...rule,
      resources: ['manifestworkreplicasets'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
    })),
  }));
  await configurations.create(
    { metadata: { name: 'replicasets.example.io' }, webhooks: added as typeof webhooks },
    { signal },
  );
  await until(() => isRefused(probe()), { describe: 'the API server asks about replica sets' });
}
