import { readFile } from 'node:fs/promises';

const CLOCK_TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** Memory and processor time of a running process, from /proc. */
export interface ProcessFigures {
  readonly residentMiB: number;
  /** Without pages that are backed by files, which processes of one image share. */
  readonly anonymousMiB: number;
  readonly cpuSeconds: number;
}

/** @throws when the process does not exist */
export async function processFigures(pid: number): Promise<ProcessFigures> {
  const [memory, stat] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1]);
  // The command name may hold spaces and parentheses; fields are counted from the last parenthesis: utime is the 12th, stime the 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    residentMiB: kib('Rss') / KIB_PER_MIB,
    anonymousMiB: kib('Anonymous') / KIB_PER_MIB,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND,
  };
}

/** The most that a running process has had in memory so far. Throws when the process does not exist. */
export async function peakResidentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / KIB_PER_MIB;
}
