import type { ManagedCluster } from '@ocm/api';
import {
  type CelAnswer,
  type CelExpression,
  type CompileCel,
  EXPRESSION_COST,
  LONGEST_REMEMBERED,
} from '../schedule/cel-expression.ts';
import { type ClusterTable, copyInto } from './cluster-table.ts';
import { RecentlyUsed } from './recently-used.ts';

/** Each needs 8 bytes for each cluster. */
const PLACES = 100;
/** In place of a cost, for a cluster of which the expression is not true. */
const UNTRUE = -1;

/**
 * Expressions whose answers are remembered for each version of a cluster and shared by all Placements that contain the same text. What they
 * remember is whether the answer was true and what it cost: all that scheduling wants to know.
 */
export function sharedExpressions(compileCel: CompileCel, table: ClusterTable): CompileCel {
  const answers = new RecentlyUsed<string, Answers>(PLACES);
  return (text) => {
    const expression = compileCel(text);
    if ('problem' in expression || text.length > LONGEST_REMEMBERED) return expression;
    const make = (): Answers => new Answers(table, expression);
    let askedAt = -1;
    return {
      text,
      evaluate(cluster, costLimit) {
        // A pass asks about thousands of clusters, and that counts once: what other Placements ask would else seem long ago.
        const known = askedAt === table.revision ? answers.peek(text) : answers.get(text, make);
        askedAt = table.revision;
        return (known ?? expression).evaluate(cluster, costLimit);
      },
    };
  };
}

class Answers {
  readonly #table: ClusterTable;
  readonly #expression: CelExpression;
  /** By cluster id: the version of the cluster, and the cost or `UNTRUE`. */
  #versions: Uint32Array;
  #costs: Int32Array;

  constructor(table: ClusterTable, expression: CelExpression) {
    this.#table = table;
    this.#expression = expression;
    this.#versions = new Uint32Array(table.capacity);
    this.#costs = new Int32Array(table.capacity);
  }

  evaluate(cluster: ManagedCluster, costLimit: number): CelAnswer {
    const id = this.#table.idOf(cluster.metadata.name);
    if (id === undefined || this.#table.cluster(id) !== cluster) return this.#expression.evaluate(cluster, costLimit);
    if (this.#versions[id] === this.#table.version(id)) return remembered(this.#costs[id] ?? UNTRUE, costLimit);
    const answer = this.#expression.evaluate(cluster, costLimit);
    if (isFinal(answer, costLimit)) this.#remember(id, answer);
    return answer;
  }

  #remember(id: number, answer: CelAnswer): void {
    const { capacity } = this.#table;
    if (id >= this.#versions.length) {
      this.#versions = copyInto(new Uint32Array(capacity), this.#versions);
      this.#costs = copyInto(new Int32Array(capacity), this.#costs);
    }
    this.#versions[id] = this.#table.version(id);
    this.#costs[id] = answer.kind === 'value' && answer.value === true ? answer.cost : UNTRUE;
  }
}

function remembered(cost: number, costLimit: number): CelAnswer {
  if (cost === UNTRUE) return { kind: 'value', value: false, cost: 0 };
  if (cost > costLimit) return { kind: 'failed', problem: 'CEL evaluation budget exceeded', cost: costLimit };
  return { kind: 'value', value: true, cost };
}

/** Whether it would be the same with more budget or time. */
function isFinal(answer: CelAnswer, costLimit: number): boolean {
  if (answer.kind === 'value') return true;
  return answer.isInterrupted !== true && (answer.cost < costLimit || costLimit >= EXPRESSION_COST);
}
