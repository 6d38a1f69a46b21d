import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupervisedProcess, Supervisor } from '@ocm/testing';
import { until } from '@ocm/testing';

const MAIN = join(import.meta.dirname, '../src/main.ts');

/** A `work` process, run from source. */
export interface WorkProcess extends SupervisedProcess {
  /** What it has written so far. */
  output(): Promise<string>;
  /** Waits for a line of its log. */
  logged(text: string): Promise<void>;
}

let processes = 0;

/** Starts `work` with these arguments; its output goes to a file in the directory. */
export function startWork(
  { supervisor, directory, pod = 'pod' }: { supervisor: Supervisor; directory: string; pod?: string },
  args: readonly string[],
): WorkProcess {
  processes += 1;
  const logFile = join(directory, `work-${processes}.log`);
  const started = supervisor.start(process.execPath, { args: [MAIN, ...args], logFile, env: { POD_NAME: pod } });
  const output = () => readFile(logFile, 'utf8');
  return {
    ...started,
    output,
    async logged(text) {
      await until(
        async () => {
          const seen = await output();
          if (!seen.includes(text)) throw new Error(`it wrote ${seen.slice(-4000)}`);
          return true;
        },
        { describe: `"${text}" in the output` },
      );
    },
  };
}
