import { expect, test } from '@jest/globals';
import { freePort, PortTakenError, retryOnTakenPort } from './free-port.ts';

test('an attempt whose port was taken is made again', async () => {
  let calls = 0;
  const attempt = async (): Promise<number> => {
    calls += 1;
    if (calls < 3) throw new PortTakenError('taken');
    return calls;
  };
  expect(await retryOnTakenPort(attempt)).toBe(3);
});

test('after five taken ports the error is thrown', async () => {
  let calls = 0;
  const attempt = async (): Promise<never> => {
    calls += 1;
    throw new PortTakenError('taken');
  };
  await expect(retryOnTakenPort(attempt)).rejects.toThrow('taken');
  expect(calls).toBe(5);
});

test('any other error is thrown at once', async () => {
  let calls = 0;
  const attempt = async (): Promise<never> => {
    calls += 1;
    throw new Error('no such program');
  };
  await expect(retryOnTakenPort(attempt)).rejects.toThrow('no such program');
  expect(calls).toBe(1);
});

test('no port is given out twice', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, freePort));
  expect(new Set(ports).size).toBe(300);
});
