import { global } from '../libraries/define.ts';
import type { Library } from '../libraries/library.ts';
import { BOOL, DYN } from '../types/type.ts';
import { CelList } from '../values/list.ts';
import { CelMap } from '../values/map.ts';
import type { CelValue } from '../values/value.ts';
import { defineEnvironment, type Environment } from './environment.ts';
import { kubernetesLibraries } from './kubernetes-libraries.ts';

function hasConditions(value: CelValue): boolean {
  const conditions = value instanceof CelMap ? value.get('conditions') : undefined;
  return conditions instanceof CelList && conditions.size > 0;
}

const conditionLibrary: Library = {
  functions: [
    {
      name: 'hasConditions',
      overloads: [global<[CelValue]>({ parameters: [DYN], result: BOOL, call: ([value]) => hasConditions(value) })],
    },
  ],
};

const libraries = [...kubernetesLibraries, conditionLibrary];

/** Of the expressions of a condition rule (work 11.5): `object` is the live object. */
export const conditionRuleEnvironment: Environment = defineEnvironment({ variables: { object: DYN }, libraries });

/** Of its message expression: also `result`, what the expressions came to. */
export const conditionMessageEnvironment: Environment = defineEnvironment({
  variables: { object: DYN, result: BOOL },
  libraries,
});
