import { Namespace, type UserInfo } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { type AdmissionVerdict, reviewRequester } from '@ocm/service/webhooks';
import type { Judgement, Question } from './judgement.ts';

/** The verdict on a request: asks the API server what the judgement leaves open. What cannot be found out refuses it. */
export async function verdictOn(
  judgement: Judgement,
  { client, userInfo }: { readonly client: Pick<KubeClient, 'kind'>; readonly userInfo: UserInfo },
  signal: AbortSignal,
): Promise<AdmissionVerdict> {
  if (judgement.kind === 'refuse') return { ...judgement, kind: 'deny' };
  const refusals = await Promise.all(
    judgement.questions.map((question) =>
      question.kind === 'requester-may'
        ? refusalOfAccess(client, { userInfo, question }, signal)
        : refusalOfNamespace(client, question.namespace, signal),
    ),
  );
  const message = refusals.find((refusal) => refusal !== undefined);
  return message === undefined ? { kind: 'allow' } : { kind: 'deny', code: 403, message };
}

async function refusalOfAccess(
  client: Pick<KubeClient, 'kind'>,
  {
    userInfo,
    question: { resource, refusal },
  }: { readonly userInfo: UserInfo; readonly question: Extract<Question, { kind: 'requester-may' }> },
  signal: AbortSignal,
): Promise<string | undefined> {
  const access = await reviewRequester(client, { userInfo, resource }, signal);
  switch (access.kind) {
    case 'allowed':
      return undefined;
    case 'denied':
      return refusal;
    case 'unknown':
      return `${refusal}: the permission could not be checked: ${access.problem}`;
    default:
      return unreachable(access);
  }
}

async function refusalOfNamespace(
  client: Pick<KubeClient, 'kind'>,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await client.kind(Namespace).find(namespace, { signal });
    return found?.status?.phase === 'Terminating' ? `cluster namespace "${namespace}" is terminating` : undefined;
  } catch (error) {
    return `cluster namespace "${namespace}" cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function unreachable(access: never): never {
  throw new TypeError(`unknown access ${JSON.stringify(access)}`);
}
