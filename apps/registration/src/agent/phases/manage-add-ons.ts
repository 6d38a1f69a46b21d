import {
  addOnCsrPrefix,
  addOnDnsName,
  type ConditionUpdate,
  credentialKeys,
  labels,
  Lease,
  Secret,
  setCondition,
  signers,
} from '@ocm/api';
import { every, informer, isKubeError, type KubeClient, run, type RunOptions } from '@ocm/kube';
import { addOnLeaseController } from '../addon/add-on-lease-controller.ts';
import { addOnRegistrationController } from '../addon/add-on-registration-controller.ts';
import type { AddOnCredential, KubeClientAuth } from '../addon/add-on-registrations.ts';
import { credentialRuns } from '../addon/credential-runs.ts';
import { tokenCredential } from '../addon/token/token-credential.ts';
import { cacheOptions } from '../agent-context.ts';
import { credentialController } from '../credential/credential-controller.ts';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { buildHubKubeconfig } from '../credential/hub-kubeconfig.ts';
import type { Files } from '../hub-files/hub-directory.ts';
import type { JoinedHub } from '../registration-driver.ts';
import type { Agent } from './agent.ts';
import { runOptions } from './run-options.ts';

/** Credentials and health of the add-ons of the cluster (registration 18). Ends when the signal fires. */
export async function manageAddOns(agent: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  const { context, names, spoke, management } = agent;
  const { cluster } = names;
  const runs = credentialRuns((credential, signal) => keepCredential(agent, hub, { credential, signal }), signal);
  const registration = addOnRegistrationController({
    ...context,
    addOns: hub.addOns,
    cluster,
    auth: authOf(context.settings.addOnAuth),
    runs,
    deleteSecret: (credential, signal) => deleteSecret(placeOf(agent, credential), credential, signal),
  });
  const leases = { spoke: spoke.kind(Lease), management: management.kind(Lease) };
  const health = addOnLeaseController({ ...context, addOns: hub.addOns, ownCluster: hub.ownCluster, cluster, leases });
  try {
    await run([registration, health], patiently(agent, signal));
  } finally {
    await runs.ended();
  }
}

/** Runs the controller of one credential until the signal fires. What fails is tried again: it must not take the heartbeat with it. */
async function keepCredential(
  agent: Agent,
  hub: JoinedHub,
  { credential, signal }: { readonly credential: AddOnCredential; readonly signal: AbortSignal },
): Promise<void> {
  const { context } = agent;
  const { addOn, secret } = credential;
  while (!signal.aborted) {
    try {
      await run([credentialControllerOf(agent, hub, credential)], patiently(agent, signal));
    } catch (error) {
      context.log.error(
        { addon: addOn, secret: secret.name, error },
        'credential of the add-on is not kept; next attempt follows',
      );
      await context.clock.sleep(context.intervals.addOnLeaseCheckMs, signal);
    }
  }
}

function credentialControllerOf(agent: Agent, hub: JoinedHub, credential: AddOnCredential) {
  const { context, names } = agent;
  const { clock, intervals, log } = context;
  const { addOn, secret } = credential;
  const secrets = placeOf(agent, credential).kind(Secret);
  const cache = informer(secrets, {
    ...cacheOptions(context),
    namespace: secret.namespace,
    fieldSelector: `metadata.name=${secret.name}`,
  });
  const type = credential.kind === 'certificate' ? 'customSigner' : 'kubeClient';
  return credentialController({
    name: `ClientCertController@addon:${addOn}:type:${type}`,
    driver: driverOf(agent, hub, credential),
    secrets,
    secret,
    cached: () => cache.get(secret),
    additional: additionalOf(agent, credential),
    watches: [cache.events(() => secret.name), every(intervals.credentialResyncMs, secret.name, { clock })],
    report: (condition, signal) => report(hub, { cluster: names.cluster, addOn, condition, now: clock.now() }, signal),
    log,
  });
}

function driverOf({ context, names }: Agent, { addOns }: JoinedHub, credential: AddOnCredential): CredentialDriver {
  const { settings } = context;
  const target = { cluster: names.cluster, addOn: credential.addOn };
  if (credential.kind === 'kube-token') {
    const expirationSeconds = settings.addOnTokenExpirationSeconds;
    return tokenCredential({ ...context, ...target, addOns, expirationSeconds });
  }
  return addOns.certificate({
    namePrefix: addOnCsrPrefix(target),
    labels: { [labels.clusterName]: target.cluster, [labels.addOnName]: target.addOn },
    signerName: credential.kind === 'certificate' ? credential.signerName : signers.kubeClient,
    subject: credential.subject,
    dnsNames: [addOnDnsName(target.addOn)],
    expirationSeconds: settings.certificateExpirationSeconds,
  });
}

/** What the secret holds beside the credential (registration 18.3). */
function additionalOf({ names, hubAddress }: Agent, credential: AddOnCredential): Files {
  const name = { [credentialKeys.clusterName]: names.cluster };
  if (credential.kind === 'certificate') return name;
  return { ...name, [credentialKeys.kubeconfig]: buildHubKubeconfig(hubAddress, KUBECONFIG_USERS[credential.kind]) };
}

const KUBECONFIG_USERS = {
  'kube-certificate': { 'client-certificate': credentialKeys.certificate, 'client-key': credentialKeys.privateKey },
  'kube-token': { tokenFile: credentialKeys.token },
} as const;

const placeOf = ({ spoke, management }: Agent, { outside }: AddOnCredential): KubeClient =>
  outside ? management : spoke;

const authOf = (word: string): KubeClientAuth => (word === 'token' ? 'token' : 'csr');

async function report(
  { addOns }: Pick<JoinedHub, 'addOns'>,
  {
    cluster,
    addOn,
    condition,
    now,
  }: { readonly cluster: string; readonly addOn: string; readonly condition: ConditionUpdate; readonly now: Date },
  signal: AbortSignal,
): Promise<void> {
  const seen = addOns.cache.get({ namespace: cluster, name: addOn });
  if (seen === undefined) return;
  const conditions = setCondition(seen.status?.conditions, condition, now);
  await addOns.live.patchStatus(seen, { ...seen.status, conditions }, { signal });
}

async function deleteSecret(client: KubeClient, { secret }: AddOnCredential, signal: AbortSignal): Promise<void> {
  try {
    await client.kind(Secret).delete(secret, { signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
}

/** Without the time limit for caches: should the API server of the managed cluster be down for long, the heartbeat goes on. */
function patiently({ context }: Agent, signal: AbortSignal): RunOptions {
  return { ...runOptions(context, signal), syncTimeoutMs: Number.POSITIVE_INFINITY };
}
