// Compiling and evaluating
export { type Compilation, compile, type Program } from './compile.ts';
export { type CostBudget, costBudget, evaluate, type Evaluation } from './evaluate.ts';
export { type CelValue, typeName } from './values/value.ts';

// Environments
export { conditionMessageEnvironment, conditionRuleEnvironment } from './environments/condition-rules.ts';
export { defineEnvironment, type Environment } from './environments/environment.ts';
export { kubernetesLibraries } from './environments/kubernetes-libraries.ts';
export { type FindScores, placementEnvironment } from './environments/placement.ts';

// Libraries of one's own
export { global, member } from './libraries/define.ts';
export type { FunctionDeclaration, Library, Overload } from './libraries/library.ts';
export {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from './types/type.ts';
export { CelError, type CelResult } from './values/value.ts';
