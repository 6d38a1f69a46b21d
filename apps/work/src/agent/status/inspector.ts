import type { Clock, Logger } from '@ocm/kube';
import { evaluateConditions, hasExpressions } from '../conditions/evaluate-conditions.ts';
import { type BeginExpressions, ruleExpressions, type RuleExpressions } from '../conditions/rule-expressions.ts';
import { evaluateFeedback } from '../feedback/evaluate-feedback.ts';
import type { FeedbackLimits } from '../feedback/feedback-value.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import type { ManifestOptions } from '../manifest/manifest-config.ts';
import { describeResource, type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import type { SeenObject } from '../objects/object-reader.ts';
import type { Findings } from './findings.ts';

/** So far a watch may lag behind; an older version that is told of later comes from an etcd that was restored from a backup. */
const LAG_MS = 10_000;

/** One manifest of one generation of a work: the rules are those of the generation. */
export interface Inspected {
  readonly work: string;
  readonly generation: number;
  readonly id: ResourceId;
  readonly options: ManifestOptions;
}

interface Memo extends SeenObject {
  readonly findings: Findings;
  /** When they were found, milliseconds since the epoch. */
  readonly atMs: number;
}

/** What was found for one generation of a work, by `resourceKey`. */
interface WorkMemos {
  readonly generation: number;
  readonly byObject: Map<string, Memo>;
}

export interface InspectorOptions {
  readonly limits: FeedbackLimits;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** Looks into objects by the rules of their manifests, and remembers what it found for which version of the object. */
export class Inspector {
  readonly #options: InspectorOptions;
  readonly #memos = new Map<string, WorkMemos>();
  #begin: BeginExpressions | undefined;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  /** What was found in this version of the object, or a moment ago in a later one. */
  recall({ work, generation, id }: Inspected, { uid, resourceVersion }: SeenObject): Findings | undefined {
    const memos = this.#memos.get(work);
    const memo = memos?.generation === generation ? memos.byObject.get(resourceKey(id)) : undefined;
    if (memo?.uid !== uid) return undefined;
    const isGood =
      memo.resourceVersion === resourceVersion ||
      (this.#isRecent(memo) && isAtLeast(memo.resourceVersion, resourceVersion));
    return isGood ? memo.findings : undefined;
  }

  #isRecent({ atMs }: Memo): boolean {
    const ageMs = this.#options.clock.now().getTime() - atMs;
    return ageMs >= 0 && ageMs < LAG_MS;
  }

  async inspect(inspected: Inspected, object: AnyObject): Promise<Findings> {
    const { work, generation, id, options } = inspected;
    const { uid = '', resourceVersion = '' } = object.metadata;
    const known = this.recall(inspected, { uid, resourceVersion });
    if (known !== undefined) return known;
    const { limits, log } = this.#options;
    const findings = {
      feedback: evaluateFeedback(options.feedbackRules, object, limits),
      conditions: evaluateConditions(options.conditionRules, object, await this.#expressions(options)),
    };
    for (const rule of findings.conditions.refused) {
      log.warn({ work, object: describeResource(id), rule }, 'condition rule ignored: no condition can have its name');
    }
    const atMs = this.#options.clock.now().getTime();
    this.#memosOf(work, generation).set(resourceKey(id), { uid, resourceVersion, findings, atMs });
    return findings;
  }

  /** The work is gone. */
  forget(work: string): void {
    this.#memos.delete(work);
  }

  #memosOf(work: string, generation: number): Map<string, Memo> {
    const present = this.#memos.get(work);
    if (present?.generation === generation) return present.byObject;
    const byObject = new Map<string, Memo>();
    this.#memos.set(work, { generation, byObject });
    return byObject;
  }

  /** Who has no expressions does not pay for the engine: it is some megabytes. */
  async #expressions({ conditionRules }: ManifestOptions): Promise<RuleExpressions> {
    if (!hasExpressions(conditionRules)) return NO_EXPRESSIONS;
    this.#begin ??= ruleExpressions(await import('@ocm/cel'));
    return this.#begin();
  }
}

const NO_EXPRESSIONS: RuleExpressions = {
  rule: () => ({ kind: 'unbuildable', problem: 'expressions are not loaded' }),
  message: () => ({ kind: 'unbuildable', problem: 'expressions are not loaded' }),
};

/** Whether one resource version is the other or newer. Those of Kubernetes are decimal numbers of any length; others are only compared. */
export function isAtLeast(version: string, other: string): boolean {
  if (version === other) return true;
  if (!/^\d+$/.test(version) || !/^\d+$/.test(other)) return false;
  return version.length === other.length ? version > other : version.length > other.length;
}
