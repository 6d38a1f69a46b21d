import type { AddOnScore } from '@ocm/api';
import { traversal } from '../plan/meter.ts';
import type { Runtime } from '../plan/runtime.ts';
import { member } from '../libraries/define.ts';
import type { Library } from '../libraries/library.ts';
import { DYN, listOf, mapOf, STRING } from '../types/type.ts';
import { elementOf } from '../values/access.ts';
import { fromJson, fromJsonOfDoubles } from '../values/json.ts';
import { CelError, type CelResult, type CelValue } from '../values/value.ts';
import { defineEnvironment, type Environment } from './environment.ts';
import { kubernetesLibraries } from './kubernetes-libraries.ts';

/** The scores of the AddOnPlacementScore of that name in the namespace of a cluster, in their order; undefined when there is no such object. */
export type FindScores = (cluster: string, resource: string) => readonly AddOnScore[] | undefined;

/**
 * Of the expressions of a placement's predicates (placement 5.4): `managedCluster` is the ManagedCluster, and `scores` and `parseJSON`
 * are functions.
 */
export function placementEnvironment(findScores: FindScores): Environment {
  return defineEnvironment({
    variables: { managedCluster: mapOf(STRING, DYN) },
    libraries: [...kubernetesLibraries, scoreLibrary(findScores), jsonLibrary],
  });
}

const SCORES_COST = 10;
const SCORE_COST = 31;
const MAP_COST = 30;
const LIST_COST = 10;

function scoreLibrary(findScores: FindScores): Library {
  const scores = ([cluster, resource]: readonly [CelValue, string], { meter }: Runtime): CelResult => {
    const metadata = elementOf(cluster, 'metadata');
    const name = metadata instanceof CelError ? metadata : elementOf(metadata, 'name');
    if (typeof name !== 'string') return new CelError('failed to get score: the receiver has no metadata.name');
    const found = findScores(name, resource);
    if (!found)
      return new CelError(`failed to get score: no AddOnPlacementScore "${resource.slice(0, 253)}" in "${name}"`);
    meter.charge(SCORES_COST + SCORE_COST * found.length);
    return fromJson(found.map(({ name, value }) => ({ name, value })));
  };
  const overload = member<[CelValue, string]>({
    parameters: [DYN, STRING],
    result: listOf(DYN),
    cost: () => 0, // charged once the number of scores is known
    call: scores,
  });
  return { functions: [{ name: 'scores', overloads: [overload] }] };
}

/** Numbers in such a text are doubles (placement 5.4.2). */
function parseJson([text]: readonly [string], { meter }: Runtime): CelResult {
  try {
    const parsed = JSON.parse(text) as unknown;
    chargeContainers(parsed, meter);
    return fromJsonOfDoubles(parsed);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new CelError(`failed to parse json: ${error.message}`);
  }
}

function chargeContainers(parsed: unknown, meter: Runtime['meter']): void {
  const open = [parsed];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    meter.charge(Array.isArray(value) ? LIST_COST : MAP_COST);
    for (const inner of Object.values(value)) open.push(inner);
  }
}

const jsonLibrary: Library = {
  functions: [
    {
      name: 'parseJSON',
      overloads: [
        member<[string]>({
          parameters: [STRING],
          result: DYN,
          cost: ([text]) => traversal(text.length),
          call: parseJson,
        }),
      ],
    },
  ],
};
