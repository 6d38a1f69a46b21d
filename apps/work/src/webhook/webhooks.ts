import {
  admissionWebhooks,
  type ManifestWork,
  type ManifestWorkReplicaSet,
  type ManifestWorkSpec,
  replicaSetValidatingPath,
} from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import type { Logger } from '@ocm/service';
import {
  type AdmissionHandler,
  type AdmissionRequest,
  type AdmissionVerdict,
  admissionWebhook,
  reviewRequester,
  type WebhookHandler,
} from '@ocm/service/webhooks';
import { judgeExecutor } from './judge-executor.ts';
import { problemOfManifests } from './judge-manifests.ts';
import { sizeOfManifests } from './manifest-size.ts';

export interface WebhookContext {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly log: Logger;
  readonly limitBytes: number;
  readonly gates: { readonly NilExecutorValidating: boolean; readonly ManifestWorkReplicaSet: boolean };
}

/** The webhooks of work (work 15), by path. */
export function workWebhooks(context: WebhookContext): Readonly<Record<string, WebhookHandler>> {
  const { log, gates } = context;
  return {
    [admissionWebhooks.workValidating.path]: admissionWebhook(validateWork(context), { log }),
    ...(gates.ManifestWorkReplicaSet
      ? { [replicaSetValidatingPath]: admissionWebhook(validateReplicaSet(context), { log }) }
      : {}),
  };
}

function validateWork({ client, gates, limitBytes }: WebhookContext): AdmissionHandler {
  return async (request, signal, text) => {
    const { next, previous } = objectsOf<ManifestWork>(request);
    const whenEmpty = 'manifests should not be empty';
    const problem = problemOf(next.spec, { text, path: ['spec'], limitBytes, whenEmpty });
    if (problem !== undefined) return refuse(problem);
    const { userInfo } = request;
    const { username: user = '' } = userInfo;
    const judgement = judgeExecutor(next, previous, { user, nilExecutorValidating: gates.NilExecutorValidating });
    if (judgement.kind === 'fine') return { kind: 'allow' };
    if (judgement.kind === 'refuse') return refuse(judgement.message);
    const access = await reviewRequester(client, { userInfo, resource: judgement.resource }, signal);
    if (access.kind === 'allowed') return { kind: 'allow' };
    return refuse(access.kind === 'denied' ? judgement.refusal : access.problem);
  };
}

/** Takes effect only where an administrator registers it: no configuration is installed for it (work 15.1). */
function validateReplicaSet({ limitBytes }: WebhookContext): AdmissionHandler {
  return (request, _signal, text) => {
    if (request.operation === 'DELETE') return { kind: 'allow' };
    const { next } = objectsOf<ManifestWorkReplicaSet>(request);
    const problem = problemOf(next.spec?.manifestWorkTemplate, {
      text,
      path: ['spec', 'manifestWorkTemplate'],
      limitBytes,
      whenEmpty: 'Workload manifests should not be empty',
    });
    return problem === undefined ? { kind: 'allow' } : refuse(problem);
  };
}

function problemOf(
  spec: ManifestWorkSpec | undefined,
  {
    text,
    path,
    limitBytes,
    whenEmpty,
  }: {
    readonly text: string;
    /** Where the spec is in the object. */
    readonly path: readonly string[];
    readonly limitBytes: number;
    readonly whenEmpty: string;
  },
): string | undefined {
  const manifests = spec?.workload?.manifests ?? [];
  const where = { path: [...path, 'workload', 'manifests'], count: manifests.length, limitBytes };
  return problemOfManifests(manifests, { sizeBytes: sizeOfManifests(text, where), limitBytes, whenEmpty });
}

/** Work 15: every refusal is a BadRequest, also one for want of a right. */
function refuse(message: string): AdmissionVerdict {
  return { kind: 'deny', code: 400, message };
}

/** Creates and updates come with their objects; anything else is refused with an error. */
function objectsOf<T>({ operation, object, oldObject }: AdmissionRequest): {
  readonly next: T;
  readonly previous: T | undefined;
} {
  const isUpdate = operation === 'UPDATE';
  const expected = (isUpdate || operation === 'CREATE') && object && (!isUpdate || oldObject);
  if (!expected) throw new Error(`unexpected ${operation} request, or one without its objects`);
  return { next: object as T, previous: isUpdate ? (oldObject as T) : undefined };
}
