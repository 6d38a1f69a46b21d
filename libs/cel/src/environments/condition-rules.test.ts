import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';
import { compile } from '../compile.ts';
import { costBudget, evaluate } from '../evaluate.ts';
import { typeName } from '../values/value.ts';
import { conditionMessageEnvironment, conditionRuleEnvironment } from './condition-rules.ts';

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'job', generation: 2 },
  status: { conditions: [{ type: 'Complete', status: 'True' }], succeeded: 1 },
};

const ask = (expression: string, object: unknown = job): string =>
  answer(expression, { object }, conditionRuleEnvironment);

describe('expressions of condition rules (work 11.5)', () => {
  test.each([
    ['object.status.conditions.exists(c, c.type == "Complete" && c.status == "True")', 'true'],
    ['object.status.succeeded >= 1', 'true'],
    ['object.metadata.generation == object.status.observedGeneration', 'error: no such key: observedGeneration'],
    ['object.missing', 'error: no such key: missing'],
    ['object.?status.?phase.orValue("none")', '"none"'],
    ['hasConditions(object.status)', 'true'],
    ['missing.expression', "invalid: undeclared reference to 'missing' (in container '')"],
    ['result', "invalid: undeclared reference to 'result' (in container '')"],
    ['object.metadata.name.find("(")', 'unbuildable: error parsing regexp: missing closing ): `(`'],
  ])('%s', (expression, wanted) => expect(ask(expression)).toBe(wanted));

  test.each([
    [{ conditions: [{}] }, 'true'],
    [{ conditions: [] }, 'false'],
    [{ conditions: {} }, 'false'],
    [{ conditions: null }, 'false'],
    [{}, 'false'],
    [[1], 'false'],
    ['text', 'false'],
    [null, 'false'],
  ])('hasConditions(%j) is %s', (value, wanted) => expect(ask('hasConditions(object)', value)).toBe(wanted));

  test.each([
    ['object.metadata.name', 'string'],
    ['1', 'int'],
    ['1u', 'uint'],
    ['1.5', 'double'],
    ['[1]', 'list'],
    ['object', 'map'],
    ['null', 'null_type'],
    ['b"a"', 'bytes'],
    ['object.?status', 'optional_type'],
    ['quantity("1")', 'kubernetes.Quantity'],
    ['timestamp(0)', 'google.protobuf.Timestamp'],
  ])('the name of the type of %s is %s', (expression, type) => {
    const compiled = compile(expression, conditionRuleEnvironment);
    if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
    const result = evaluate(compiled.program, { object: job }, costBudget());
    expect(result.kind === 'value' && typeName(result.value)).toBe(type);
  });
});

test('a message expression knows the result', () => {
  const message = 'object.metadata.name + (result ? " is complete" : " is running")';
  const messages = [true, false].map((result) => answer(message, { object: job, result }, conditionMessageEnvironment));
  expect(messages).toEqual(['"job is complete"', '"job is running"']);
});
