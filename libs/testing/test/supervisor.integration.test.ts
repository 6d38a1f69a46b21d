import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { until } from '../src/index.ts';

const PROGRAM = join(import.meta.dirname, 'leave-running.ts');

interface Started {
  readonly directory: string;
  readonly pids: readonly number[];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGINT', 'exit'] as const)(
  'a test process that ends by %s leaves neither programs nor directories behind',
  async (how) => {
    const child = spawn(process.execPath, [PROGRAM, how], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { directory, pids } = JSON.parse(line) as Started;
    if (how !== 'exit') {
      expect(pids.filter(isAlive)).toHaveLength(3);
      expect(existsSync(directory)).toBe(true);
      child.kill(how);
    }
    await until(() => !pids.some(isAlive) && !existsSync(directory), { describe: 'all is gone' });
  },
);
