import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Clock } from '@ocm/kube';
import { temporaryDirectory } from '../test/certificate-files.ts';
import { fileChanges } from './file-changes.ts';

/** A clock whose sleeps last until the test ends them. */
function steppedClock(): { readonly clock: Pick<Clock, 'sleep'>; readonly asleep: () => Promise<() => void> } {
  let next = Promise.withResolvers<() => void>();
  return {
    clock: {
      sleep: () =>
        new Promise((resolve) => {
          next.resolve(resolve);
          next = Promise.withResolvers();
        }),
    },
    asleep: () => next.promise,
  };
}

test.each([
  { what: 'its content changes', before: 'a', change: (path: string) => writeFile(path, 'b') },
  { what: 'it appears', before: undefined, change: (path: string) => writeFile(path, '') },
  { what: 'it vanishes', before: 'a', change: (path: string) => rm(path) },
])('a file has changed when $what, not when it is written again', async ({ before, change }) => {
  await using directory = await temporaryDirectory();
  const watched = join(directory.path, 'watched');
  const other = join(directory.path, 'other');
  await writeFile(other, 'x');
  if (before !== undefined) await writeFile(watched, before);
  const { clock, asleep } = steppedClock();
  const stop = new AbortController();
  const changes = fileChanges({ paths: [other, watched], intervalMs: 10_000, clock, signal: stop.signal });

  const sleeping = asleep();
  const first = changes.next();
  const wake = await sleeping;
  await writeFile(other, 'x');
  await chmod(other, 0o600);
  await change(watched);
  wake();
  expect(await first).toEqual({ done: false, value: [watched] });

  const sleepingAgain = asleep();
  const second = changes.next();
  stop.abort();
  (await sleepingAgain)();
  expect(await second).toEqual({ done: true, value: undefined });
});
