import type { Executor } from '@ocm/api';
import { isKubeError, type KubeClient, reviewAccess } from '@ocm/kube';
import { metadataToCreate } from '../compare/merge-metadata.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { executorAccount, groupsOf, type ServiceAccountName, userOf } from './executor-account.ts';
import type { ExecutorAnswer, ExecutorCache } from './executor-cache.ts';
import { ruleText } from './rule-text.ts';

/** What the executor of a work may do about one manifest. */
export type ExecutorVerdict =
  | { readonly kind: 'allowed' }
  /** Not now: its rights may change (work 10.2). */
  | { readonly kind: 'denied'; readonly error: Error }
  /** The executor is one that cannot be checked. */
  | { readonly kind: 'unusable'; readonly error: Error };

export interface ExecutorCase {
  readonly executor: Executor | undefined;
  readonly manifest: ResolvedManifest;
  /** Whether the object goes with its work. */
  readonly isOwned: boolean;
}

export interface ExecutorTools {
  readonly spoke: Pick<KubeClient, 'kind'>;
  /** Only with the gate ExecutorValidatingCaches. */
  readonly executorCache: ExecutorCache | undefined;
}

const ALLOWED: ExecutorVerdict = { kind: 'allowed' };
const VERBS = ['create', 'update', 'patch', 'get'];
const RBAC_GROUP = 'rbac.authorization.k8s.io';
const ESCALATING = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']);

/**
 * Whether the executor of a work has the rights that the work uses (work 10). The agent applies with its own identity: the executor only
 * gates.
 *
 * @throws KubeError when a review itself fails
 */
export async function checkExecutor(
  { executor, manifest, isOwned }: ExecutorCase,
  tools: ExecutorTools,
  signal: AbortSignal,
): Promise<ExecutorVerdict> {
  const account = executorAccount(executor);
  if (account.kind === 'none') return ALLOWED;
  if (account.kind === 'unusable') return account;
  const answer = await askForRights({ account, manifest, isOwned }, tools, signal);
  if (answer.kind === 'denied') return denied(manifest, rightsRemedy(answer.verb, { account, manifest, isOwned }));
  const { group, plural } = manifest.resource;
  if (group !== RBAC_GROUP || !ESCALATING.has(plural)) return ALLOWED;
  return checkEscalation({ account, manifest }, tools, signal);
}

interface Claim {
  readonly account: ServiceAccountName;
  readonly manifest: ResolvedManifest;
  readonly isOwned: boolean;
}

async function askForRights(
  claim: Claim,
  { spoke, executorCache }: ExecutorTools,
  signal: AbortSignal,
): Promise<ExecutorAnswer> {
  const { account, manifest, isOwned } = claim;
  const { id, resource } = manifest;
  const slot = executorCache?.slot({ account, id, version: resource.version, isOwned });
  if (slot?.known !== undefined) return slot.known;
  const answer = await review(claim, spoke, signal);
  slot?.keep(answer);
  return answer;
}

/** One review for each verb; the first that is denied ends it (work 10.2). */
async function review(
  { account, manifest, isOwned }: Claim,
  spoke: ExecutorTools['spoke'],
  signal: AbortSignal,
): Promise<ExecutorAnswer> {
  const { group, version, plural } = manifest.resource;
  const { namespace, name } = manifest.id;
  for (const verb of isOwned ? [...VERBS, 'delete'] : VERBS) {
    const resource = { group, version, resource: plural, namespace, name, verb };
    const question = { user: userOf(account), groups: groupsOf(account), resource };
    const { allowed } = await reviewAccess(spoke, question, { signal });
    if (!allowed) return { kind: 'denied', verb };
  }
  return { kind: 'allowed' };
}

/** Nobody may hand out rights by a work that he does not have; the API server knows, when it is asked in his name (work 10.3). */
async function checkEscalation(
  { account, manifest }: Omit<Claim, 'isOwned'>,
  { spoke }: ExecutorTools,
  signal: AbortSignal,
): Promise<ExecutorVerdict> {
  const { object, resource } = manifest;
  const attempt = { ...object, metadata: metadataToCreate(object.metadata) };
  try {
    await spoke.kind(resource).create(attempt, { dryRun: true, impersonate: userOf(account), signal });
    return ALLOWED;
  } catch (error) {
    if (isKubeError(error, 'exists')) return ALLOWED;
    if (!isKubeError(error, 'forbidden')) throw error;
    const remedy = `${nameOf(account)} would grant more than it has; it needs those rights itself, or the verbs escalate and bind on ${resource.plural}`;
    return denied(manifest, { remedy, why: ', error: permission escalation', cause: error });
  }
}

function denied(
  { resource, id }: ResolvedManifest,
  { remedy, why = '', cause }: { readonly remedy: string; readonly why?: string; readonly cause?: unknown },
): ExecutorVerdict {
  const what = `not allowed to apply the resource ${resource.group} ${resource.plural}, ${id.namespace} ${id.name}`;
  const error = new Error(`${what}${why}, will try again in 1m0s: ${remedy}`, { cause });
  return { kind: 'denied', error };
}

function rightsRemedy(verb: string, { account, manifest, isOwned }: Claim): { readonly remedy: string } {
  const { group, plural } = manifest.resource;
  const rule = ruleText({ group, resource: plural, verbs: isOwned ? [...VERBS, 'delete'] : VERBS });
  return { remedy: `${nameOf(account)} may not ${verb} it; bind a role to it with the rule ${rule}` };
}

function nameOf({ namespace, name }: ServiceAccountName): string {
  return `the executor ${namespace}/${name}`;
}
