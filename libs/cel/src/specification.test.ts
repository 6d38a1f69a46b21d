import { describe, expect, test } from '@jest/globals';
import { compile, costBudget, defineEnvironment, evaluate, kubernetesLibraries } from './index.ts';
import { shown } from '../test/shown-value.ts';
import { type SpecificationCase, specificationCases } from '../test/specification-suite.ts';

/** Where cel-go, which other implementations of this product use, answers otherwise than the specification, and so do we. */
const ANSWERED_AS_IN_GO = new Map([
  ['map_value_repeat_key', '3'],
  ['map_value_repeat_key_heterogeneous', '2'],
  ['map_null_entry_no_such_key', 'false'],
  ['map_present_key_invalid_field', 'false'],
  ['indexof_out_of_range', 'true'],
  ['lastindexof_out_of_range', 'true'],
]);

/** Undefined for an error of any kind. */
function answer({ expression, variables }: SpecificationCase): string | undefined {
  const entries = Object.entries(variables);
  const environment = defineEnvironment({
    variables: Object.fromEntries(entries.map(([name, { type }]) => [name, type])),
    libraries: kubernetesLibraries,
  });
  const compiled = compile(expression, environment);
  if (compiled.kind !== 'compiled') return undefined;
  const documents = Object.fromEntries(entries.map(([name, { document }]) => [name, document]));
  const result = evaluate(compiled.program, documents, costBudget());
  return result.kind === 'value' ? shown(result.value) : undefined;
}

describe('test suite of the CEL specification', () => {
  const cases = specificationCases();

  test('has well over a thousand cases for this environment', () => expect(cases.length).toBeGreaterThan(1200));

  test.each(cases)('$title', (specificationCase) => {
    const { name, wanted } = specificationCase;
    expect(answer(specificationCase)).toBe(ANSWERED_AS_IN_GO.get(name) ?? wanted);
  });
});
