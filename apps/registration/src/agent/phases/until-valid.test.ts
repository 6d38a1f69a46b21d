import { expect, test } from '@jest/globals';
import { type Logger, silentLogger } from '@ocm/kube';
import { defaultIntervals } from '../intervals.ts';
import type { CredentialVerdict } from '../registration-driver.ts';
import { untilValid } from './until-valid.ts';

const VALID: CredentialVerdict = { kind: 'valid' };
const invalid = (reason: string): CredentialVerdict => ({ kind: 'invalid', reason });

/** What each look finds, one after the other; then the credential is valid. */
interface Looks {
  readonly verdicts: readonly CredentialVerdict[];
  readonly changes?: readonly (readonly string[])[];
}

/** Runs until it returns; tells how often it waited, what it said, and whether it ended the agent. */
async function waiting({ verdicts, changes = [] }: Looks): Promise<object> {
  let waits = 0;
  const said: unknown[] = [];
  const ends: string[] = [];
  const log: Logger = { ...silentLogger, info: (fields) => void said.push(fields) };
  await untilValid(
    {
      judge: () => Promise.resolve(verdicts[waits] ?? VALID),
      bootstrapChanges: () => Promise.resolve(changes[waits] ?? []),
      filesWritten: { ring: () => undefined, wait: () => Promise.resolve(void (waits += 1)) },
      end: (reason) => void ends.push(reason),
      context: { intervals: defaultIntervals, log },
    },
    new AbortController().signal,
  );
  return { waits, said, ends };
}

test('a credential that is valid is not waited for', async () => {
  await expect(waiting({ verdicts: [VALID], changes: [['server']] })).resolves.toEqual({
    waits: 0,
    said: [],
    ends: [],
  });
});

test('why a credential cannot be used is said once, and again when it is for another reason', async () => {
  const verdicts = [invalid('none yet'), invalid('none yet'), invalid('expired')];
  await expect(waiting({ verdicts })).resolves.toEqual({
    waits: 3,
    said: [{ reason: 'none yet' }, { reason: 'expired' }],
    ends: [],
  });
});

test('[registration 11] an agent whose bootstrap kubeconfig has changed ends, to start with the new one', async () => {
  const verdicts = [invalid('none yet'), invalid('none yet'), invalid('none yet')];
  await expect(waiting({ verdicts, changes: [[], ['CA data', 'proxy URL']] })).resolves.toMatchObject({
    waits: 1,
    ends: ['the bootstrap kubeconfig has changed: CA data, proxy URL'],
  });
});
