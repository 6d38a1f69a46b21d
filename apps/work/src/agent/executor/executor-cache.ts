import type { ResourceId } from '../manifest/resource-id.ts';
import type { ServiceAccountName } from './executor-account.ts';

/** What an executor wants to do. */
export interface ExecutorQuestion {
  readonly account: ServiceAccountName;
  readonly id: ResourceId;
  /** API version of the resource. */
  readonly version: string;
  /** Whether the object goes with its work, so that the executor must be allowed to delete it. */
  readonly isOwned: boolean;
}

/** The answer of the access reviews: everything is allowed, or the first verb that is not. */
export type ExecutorAnswer = { readonly kind: 'allowed' } | { readonly kind: 'denied'; readonly verb: string };

/** Where an answer goes that reviews have given; dropped when rights have changed since it was asked for. */
export interface ExecutorSlot {
  readonly known: ExecutorAnswer | undefined;
  readonly keep: (answer: ExecutorAnswer) => void;
}

/** Remembers what access reviews have answered, by executor, until its rights change (work 10.4). */
export class ExecutorCache {
  readonly #answers = new Map<string, Map<string, ExecutorAnswer>>();

  /** What is known, and a place for the answer that is asked for now. */
  slot(question: ExecutorQuestion): ExecutorSlot {
    const executor = executorKey(question.account);
    const answers = this.#answers.get(executor) ?? new Map<string, ExecutorAnswer>();
    this.#answers.set(executor, answers);
    const key = questionKey(question);
    return {
      known: answers.get(key),
      keep: (answer) => {
        if (this.#answers.get(executor) === answers) answers.set(key, answer);
      },
    };
  }

  /** The rights of an executor may have changed: everything is asked for again. */
  forget(executor: string): void {
    this.#answers.delete(executor);
  }

  /** Keeps only what current works ask for. */
  keepOnly(questions: Iterable<ExecutorQuestion>): void {
    const wanted = new Map<string, Set<string>>();
    for (const question of questions) {
      const executor = executorKey(question.account);
      wanted.set(executor, (wanted.get(executor) ?? new Set()).add(questionKey(question)));
    }
    for (const [executor, answers] of this.#answers) {
      const keys = wanted.get(executor);
      const unwanted = [...answers.keys()].filter((key) => keys?.has(key) !== true);
      for (const key of unwanted) answers.delete(key);
      if (answers.size === 0) this.#answers.delete(executor);
    }
  }

  /** Number of answers. */
  get size(): number {
    return [...this.#answers.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** `namespace/name`, the key of the controller that watches rights. */
export function executorKey({ namespace, name }: ServiceAccountName): string {
  return `${namespace}/${name}`;
}

function questionKey({ id, version, isOwned }: ExecutorQuestion): string {
  return `${id.group}/${version}/${id.resource}/${id.namespace}/${id.name}/${isOwned}`;
}
