import { expect, test } from '@jest/globals';
import type { AnyObject } from '../manifest/any-object.ts';
import { lastForeignManager } from './last-foreign-manager.ts';

const written = (...managedFields: readonly object[]) => ({ metadata: { name: 'x', managedFields } }) as AnyObject;
const entry = (manager: string, second: number, subresource?: string) => ({
  manager,
  time: `2026-01-01T00:00:0${second}Z`,
  ...(subresource === undefined ? {} : { subresource }),
});

test.each<[string, AnyObject, string | undefined]>([
  ['nobody', { metadata: { name: 'x' } }, undefined],
  ['somebody after us', written(entry('work-agent', 1), entry('kubectl', 2)), 'kubectl'],
  ['us after somebody', written(entry('kubectl', 1), entry('work-agent', 2)), undefined],
  ['both in one second', written(entry('work-agent', 1), entry('kubectl', 1)), 'kubectl'],
  ['a status after us', written(entry('work-agent', 1), entry('controller', 2, 'status')), undefined],
])('%s', (_title, object, manager) => {
  expect(lastForeignManager(object)).toBe(manager);
});
