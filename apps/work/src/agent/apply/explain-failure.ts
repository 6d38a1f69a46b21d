import { isKubeError } from '@ocm/kube';
import { ruleText } from '../executor/rule-text.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';

export interface FailureCase {
  readonly manifest: ResolvedManifest;
  readonly strategy: string;
  /** Names of other works that list the object. */
  readonly otherWorks: readonly string[];
}

/** The verbs that applying and removing an object takes. */
const AGENT_VERBS = ['get', 'create', 'update', 'patch', 'delete'];
const IMMUTABLE =
  /field is immutable|may not change once set|may not be changed|cannot be changed|is immutable after|are forbidden|cannot change roleRef/;

/**
 * The error with what the user can do about it, where that is known. The text of the API server stays in front of it.
 */
export function explainFailure(error: Error, failure: FailureCase): Error {
  const remedy = remedyFor(error, failure);
  return remedy === undefined ? error : new Error(`${error.message}: ${remedy}`, { cause: error });
}

function remedyFor(error: Error, failure: FailureCase): string | undefined {
  if (isKubeError(error, 'forbidden')) return forbiddenRemedy(error.message, failure);
  if (isKubeError(error, 'invalid') && IMMUTABLE.test(error.message)) return immutableRemedy(failure);
  if (isKubeError(error, 'conflict') && error.message.includes('Apply failed with')) return conflictRemedy(failure);
  if (isKubeError(error, 'not-found') && /namespaces? "[^"]*" not found/.test(error.message)) {
    return 'list the namespace in this work, or create it on the managed cluster';
  }
  return undefined;
}

function forbiddenRemedy(message: string, { manifest }: FailureCase): string | undefined {
  if (message.includes('is attempting to grant RBAC permissions')) {
    return 'the work agent may only grant what it has itself; give it those rights, or the verbs escalate and bind';
  }
  if (message.includes('because it is being terminated'))
    return 'it is applied when the namespace is gone or is made anew';
  const [, verb] = /cannot (\w+) resource/.exec(message) ?? [];
  if (verb === undefined) return undefined; // a quota, a policy, a webhook: its own words are the best
  const { group, plural: resource } = manifest.resource;
  const rule = ruleText({ group, resource, verbs: AGENT_VERBS });
  return `the work agent may not ${verb} it; add a ClusterRole with the label open-cluster-management.io/aggregate-to-work: "true" and the rule ${rule} to the managed cluster`;
}

function immutableRemedy({ manifest, strategy }: FailureCase): string {
  const { group, kind } = manifest.resource;
  const common =
    'the field cannot be changed once the object exists; take the change back, or delete the object so that it is made anew';
  if (strategy !== 'Update') return common;
  const isJob = group === 'batch' && kind === 'Job';
  const why = isJob
    ? 'the API server has added a selector and labels to the Job that the manifest does not have'
    : 'the API server may have filled in a field that the manifest leaves out';
  return `${common}; or, because ${why}, use the update strategy ServerSideApply or CreateOnly`;
}

function conflictRemedy({ otherWorks }: FailureCase): string {
  const works = otherWorks.map((name) => JSON.stringify(name)).join(', ');
  const also = otherWorks.length === 0 ? '' : `the object is also listed by the work ${works}; `;
  return `${also}leave the field out of the manifest, or take it over with serverSideApply.force`;
}
