import { readFile } from 'node:fs/promises';
import { PortTakenError } from './free-port.ts';

const LOG_TAIL = 4000;

/** Why a program did not come up, with the end of its log; PortTakenError when that is the reason. */
export async function startFailure(program: string, what: string, logFile: string): Promise<Error> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const message = `${program} ${what}; the end of its log:\n${log.slice(-LOG_TAIL)}`;
  return log.includes('address already in use') ? new PortTakenError(message) : new Error(message);
}
