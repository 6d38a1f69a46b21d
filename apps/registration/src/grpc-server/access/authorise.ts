import { type AccessVerdict, type Clock, type KubeClient, reviewAccess } from '@ocm/kube';
import type { ResourceAttributes } from '@ocm/api';
import { messageOf } from '../call-status.ts';
import type { Caller } from '../event-service.ts';
import { accessQuestion, type EventAction } from './access-question.ts';
import { askInTurn, type QuestionOptions } from './ask-in-turn.ts';
import { Believed } from './believed.ts';
import { speaksFor } from './caller-clusters.ts';
import { QueueFullError } from './fair-queue.ts';

export type Authorisation =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly message: string }
  /** The API server could not be asked: a new call is refused, an open stream goes on. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** The caller has too many questions open. */
  | { readonly kind: 'overloaded'; readonly message: string };

/** Whether somebody may do something (cloudevents-grpc 14.2). `fresh`: ask, whatever was said a moment ago. */
export type Authoriser = (
  caller: Caller,
  wanted: EventAction,
  options?: { readonly fresh?: boolean },
) => Promise<Authorisation>;

/** How long a permission is believed; a denial never is. */
const BELIEVED_MS = 10_000;
const MAX_KEPT = 50_000;

export interface AuthoriserOptions extends QuestionOptions {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createAuthoriser({ client, clock, questions, signal }: AuthoriserOptions): Authoriser {
  const believed = new Believed<AccessVerdict>({
    forMs: BELIEVED_MS,
    most: MAX_KEPT,
    clock,
    isWorthKeeping: ({ allowed }) => allowed,
  });
  const review = ({ user, groups }: Caller, resource: ResourceAttributes): Promise<AccessVerdict> =>
    askInTurn(user, (limited) => reviewAccess(client, { user, groups, resource }, { signal: limited }), {
      questions,
      signal,
    });
  return async (caller, wanted, { fresh = false } = {}) => {
    const question = accessQuestion(wanted);
    if (question.kind === 'refuse') return { kind: 'denied', message: question.message };
    if (!speaksFor(caller, wanted.clusterName)) {
      return { kind: 'denied', message: `user "${caller.user}" is not cluster "${wanted.clusterName}"` };
    }
    const { resource } = question;
    const ask = (): Promise<AccessVerdict> => review(caller, resource);
    try {
      const key = JSON.stringify([caller.user, caller.groups, resource]);
      const { allowed, reason } = fresh ? await ask() : await believed.get(key, ask);
      return allowed ? { kind: 'allowed' } : { kind: 'denied', message: denial(caller, resource, reason) };
    } catch (error) {
      if (error instanceof QueueFullError) return { kind: 'overloaded', message: error.message };
      return { kind: 'unknown', message: `the permission could not be checked: ${messageOf(error)}` };
    }
  };
}

function denial({ user }: Caller, resource: ResourceAttributes, reason: string): string {
  const { verb = '', group = '', resource: plural = '', subresource, namespace = '' } = resource;
  const what = [subresource === undefined ? plural : `${plural}/${subresource}`, group].filter((part) => part !== '');
  const why = reason === '' ? '' : `: ${reason}`;
  return `user "${user}" may not ${verb} ${what.join('.')} of cluster "${namespace}"${why}`;
}
