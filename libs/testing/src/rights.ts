import type { PolicyRule } from '@ocm/api';
import { until } from './until.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** What is needed of a client here; the `KubeClient` of @ocm/kube has it. */
export interface RequestSender {
  request(request: {
    readonly method: 'POST' | 'PATCH';
    readonly path: string;
    readonly body: unknown;
    readonly signal: AbortSignal;
  }): Promise<{ readonly status: number; readonly body: string }>;
}

/** Whom rights are given to. */
export type Grantee = { readonly user: string } | { readonly group: string };

export interface Grant {
  /** Of the role and of its binding. */
  readonly name: string;
  readonly to: Grantee;
  readonly rules: readonly PolicyRule[];
  /** Where they hold; default everywhere. */
  readonly namespace?: string;
}

/**
 * Gives rights by a role and a binding, unless objects of that name are there already, and waits until the API server knows them: what
 * it looks rules up in is a cache, and who makes a request at once may still be refused.
 *
 * @throws Error with the answer when the API server does not take the role or its binding
 * @throws DeadlineError when the rights do not come into effect
 */
export async function grantRights(client: RequestSender, grant: Grant, signal: AbortSignal): Promise<void> {
  const { name, to, rules, namespace } = grant;
  const scope = namespace === undefined ? 'Cluster' : '';
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const subject = 'user' in to ? { kind: 'User', name: to.user } : { kind: 'Group', name: to.group };
  const objects = {
    [`${scope}Role`]: { rules },
    [`${scope}RoleBinding`]: {
      roleRef: { apiGroup: RBAC, kind: `${scope}Role`, name },
      subjects: [{ apiGroup: RBAC, ...subject }],
    },
  };
  for (const [kind, content] of Object.entries(objects)) {
    const path = `/apis/${RBAC}/v1${place}/${kind.toLowerCase()}s`;
    const body = { apiVersion: `${RBAC}/v1`, kind, metadata, ...content };
    const answer = await client.request({ method: 'POST', path, body, signal });
    if (answer.status >= 300 && answer.status !== 409) {
      throw new Error(`creating ${kind} ${name}: ${answer.status} ${answer.body}`);
    }
  }
  await untilAllowed(client, grant, signal);
}

/**
 * Waits until the API server lets somebody do the first thing that the rules allow.
 *
 * @throws DeadlineError when it does not
 */
export async function untilAllowed(
  client: RequestSender,
  { to, rules, namespace }: Omit<Grant, 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const question = firstOf(rules);
  if (question === undefined) return;
  const who = 'user' in to ? { user: to.user } : { user: 'a-member', groups: [to.group] };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { ...who, resourceAttributes: { ...question, namespace } },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  await until(
    async () => {
      const answer = await client.request({ method: 'POST', path, body, signal });
      const { status } = JSON.parse(answer.body) as { readonly status?: { readonly allowed?: boolean } };
      if (status?.allowed !== true) throw new Error(answer.body);
      return true;
    },
    { describe: `${JSON.stringify(to)} may ${JSON.stringify(question)}`, signal },
  );
}

function firstOf([rule]: readonly PolicyRule[]): object | undefined {
  const [path] = rule?.resources ?? [];
  if (rule === undefined || path === undefined) return undefined;
  const [resource, subresource] = path.split('/');
  return { group: rule.apiGroups?.[0], resource, subresource, verb: rule.verbs[0], name: rule.resourceNames?.[0] };
}
