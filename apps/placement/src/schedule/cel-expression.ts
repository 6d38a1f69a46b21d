import type { ManagedCluster } from '@ocm/api';

/** Most that one evaluation of an expression may cost (placement 5.4.6). */
export const EXPRESSION_COST = 1_000_000;
/** Longer texts are not remembered beyond those who use them: compiled they may take a hundred times their length. */
export const LONGEST_REMEMBERED = 4096;

/** A type-checked expression over `managedCluster`. */
export interface CelExpression {
  readonly text: string;
  /** Never throws: what goes wrong at run time is an answer. */
  evaluate(cluster: ManagedCluster, costLimit: number): CelAnswer;
}

/** Result of one evaluation, with what it cost in the units of placement 5.4.6. */
export type CelAnswer =
  | { readonly kind: 'value'; readonly value: unknown; readonly cost: number }
  | {
      readonly kind: 'failed';
      readonly problem: string;
      readonly cost: number;
      /** It took too long, which it might not do another time. */
      readonly isInterrupted?: true;
    };

/** Checks an expression; `problem` begins with `compilation failed: ` or `instantiation failed: ` (placement 5.4.4). */
export type CompileCel = (text: string) => CelExpression | { readonly kind: 'invalid'; readonly problem: string };
