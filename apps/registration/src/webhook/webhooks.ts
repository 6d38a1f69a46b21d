import { admissionWebhooks, type ManagedCluster, type ManagedClusterSetBinding } from '@ocm/api';
import type { Clock, KubeClient } from '@ocm/kube';
import type { Logger } from '@ocm/service';
import {
  type AdmissionHandler,
  type AdmissionRequest,
  admissionWebhook,
  type WebhookHandler,
} from '@ocm/service/webhooks';
import { verdictOn } from './answer-questions.ts';
import { completeCluster } from './complete-cluster.ts';
import { judgeClusterSetBinding } from './judge-cluster-set-binding.ts';
import { judgeCluster } from './judge-cluster.ts';

export interface WebhookContext {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly gates: { readonly DefaultClusterSet: boolean };
}

/** The webhooks of registration (registration 22), by path. */
export function registrationWebhooks(context: WebhookContext): Readonly<Record<string, WebhookHandler>> {
  const { client, clock, log, gates } = context;
  const defaultSet = gates.DefaultClusterSet;
  const mutateCluster: AdmissionHandler = (request) => {
    const { next, previous } = objectsOf<ManagedCluster>(request);
    return completeCluster(next, previous, { now: clock.now(), defaultSet });
  };
  const validateCluster: AdmissionHandler = (request, signal) => {
    const { next, previous, userInfo, user } = objectsOf<ManagedCluster>(request);
    return verdictOn(judgeCluster(next, previous, { user, defaultSet }), { client, userInfo }, signal);
  };
  const validateBinding: AdmissionHandler = (request, signal) => {
    const { next, previous, userInfo, user } = objectsOf<ManagedClusterSetBinding>(request);
    return verdictOn(judgeClusterSetBinding(next, previous, { user }), { client, userInfo }, signal);
  };
  return {
    [admissionWebhooks.clusterMutating.path]: admissionWebhook(mutateCluster, { log }),
    [admissionWebhooks.clusterValidating.path]: admissionWebhook(validateCluster, { log }),
    [admissionWebhooks.clusterSetBindingValidating.path]: admissionWebhook(validateBinding, { log }),
  };
}

/** The API server sends us objects of one kind and no deletions; anything else is refused with an error. */
function objectsOf<T>({ operation, object, oldObject, userInfo }: AdmissionRequest): {
  readonly next: T;
  readonly previous: T | undefined;
  readonly userInfo: AdmissionRequest['userInfo'];
  readonly user: string;
} {
  const isUpdate = operation === 'UPDATE';
  const expected = (isUpdate || operation === 'CREATE') && object && (!isUpdate || oldObject);
  if (!expected) throw new Error(`unexpected ${operation} request, or one without its objects`);
  return {
    next: object as T,
    previous: isUpdate ? (oldObject as T) : undefined,
    userInfo,
    user: userInfo.username ?? '',
  };
}
