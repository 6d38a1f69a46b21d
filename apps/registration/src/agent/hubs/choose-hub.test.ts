import { expect, test } from '@jest/globals';
import { chooseHub, type HubVerdict, orderOfTrial } from './choose-hub.ts';

const A = { path: '/a', server: 'https://a' };
const B = { path: '/b', server: 'https://b' };
const away = (): Promise<HubVerdict> => Promise.resolve({ kind: 'unusable', reason: 'it is away' });
const BROKEN = { path: '/broken', server: undefined };

test.each([
  { what: 'no hub yet', present: undefined, want: [BROKEN, A, B] },
  { what: 'the second', present: 'https://b', want: [B, BROKEN, A] },
  { what: 'one that is no longer given', present: 'https://c', want: [BROKEN, A, B] },
])('[registration 52] an agent with $what tries hubs in order', ({ present, want }) => {
  expect(orderOfTrial([BROKEN, A, B], present)).toEqual(want);
});

test('[registration 53] the first usable hub is taken', async () => {
  const examined: string[] = [];
  const chosen = await chooseHub([A, B, BROKEN], ({ path }): Promise<HubVerdict> => {
    examined.push(path);
    return Promise.resolve(path === '/b' ? { kind: 'usable' } : { kind: 'unusable', reason: 'denied' });
  });
  expect(chosen).toBe(B);
  expect(examined).toEqual(['/a', '/b']);
});

test('[registration 52] without a usable hub the reason of each is said', async () => {
  await expect(chooseHub([A, B], away)).rejects.toThrow(
    'none of the hubs can be used now: /a: it is away; /b: it is away',
  );
});
