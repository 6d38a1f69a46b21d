import { apiVersionOf, type Kind, type TokenRequest } from '@ocm/api';
import { dataTypes, kubeObjectEvent } from '@ocm/cloudevents';
import { KubeError, parseExact, type Status, statusError } from '@ocm/kube';
import { type EventService, type Publication, type Push, RefusedError, type ServiceRun } from '../event-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import { hubEnvelope, type ServiceContext } from './service-context.ts';

/** An agent waits 10 s for its answer. */
const TOKEN_TIMEOUT_MS = 10_000;
const KIND: Kind<TokenRequest> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  namespaced: true,
};
const ANSWER = { dataType: dataTypes.tokenRequest, subresource: 'spec', action: 'create_request' } as const;

/** Tokens of service accounts of the cluster namespace (cloudevents-grpc 15.1). The answer is an event: whoever asked knows it by its UID. */
export class TokenRequestService implements EventService {
  readonly dataType = dataTypes.tokenRequest;
  readonly #context: Pick<ServiceContext, 'client' | 'clock'>;
  #push: Push = () => undefined;

  constructor(context: Pick<ServiceContext, 'client' | 'clock'>) {
    this.#context = context;
  }

  async run({ push, synced }: ServiceRun): Promise<void> {
    this.#push = push;
    synced();
  }

  answer(): readonly [] {
    return [];
  }

  async publish(publication: Publication, signal: AbortSignal): Promise<void> {
    const { subresource, action } = publication.type;
    if (`${subresource}.${action}` !== 'spec.create_request') throw unsupportedAction(publication);
    const request = publishedObject(KIND, publication);
    const { uid } = request.metadata;
    if (uid === undefined || uid === '') {
      throw new RefusedError('failed-precondition', 'the token request has no metadata.uid: nobody could be answered');
    }
    const issued = await this.#issue(request, signal);
    this.#push(kubeObjectEvent(answerTo(request, issued), ANSWER, hubEnvelope(this.#context)));
  }

  async #issue({ metadata: { name, namespace = '' }, spec }: TokenRequest, signal: AbortSignal): Promise<TokenRequest> {
    const doing = `requesting a token of service account "${namespace}/${name}"`;
    const account = `${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
    const answer = await this.#context.client.request({
      method: 'POST',
      path: `/api/v1/namespaces/${account}/token`,
      // Without the UID of the request: the API server would take it for that of the service account.
      body: { apiVersion: apiVersionOf(KIND), kind: KIND.kind, metadata: { name, namespace }, spec },
      timeoutMs: TOKEN_TIMEOUT_MS,
      signal,
    });
    const body = parseAnswer(answer.body, doing);
    if (answer.status >= 200 && answer.status < 300) return body as TokenRequest;
    throw statusError(doing, body as Status, { status: answer.status });
  }
}

/** What was issued, as an answer to the request: correlation is by UID alone, and the type is in the event. */
export function answerTo({ metadata: { name, namespace, uid } }: TokenRequest, issued: TokenRequest): TokenRequest {
  const { spec, status } = issued;
  return {
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) },
    spec,
    ...(status === undefined ? {} : { status }),
  };
}

function parseAnswer(text: string, doing: string): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    throw new KubeError(`${doing}: the answer is not JSON`, { code: 'unavailable', cause });
  }
}
