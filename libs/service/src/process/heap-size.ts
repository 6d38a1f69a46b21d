import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from setting aside ever more room for young objects: it takes up to 64 MB, which stay with the process. A few cost next to no time, and
 * unlike `--max-semi-space-size` this needs no argument to node.
 *
 * @param limitBytes size of the young generation beyond which it does not grow; 0 leaves it as it begins
 */
export function limitGarbageSpace(limitBytes: number): void {
  const observer = new PerformanceObserver(() => {
    const size = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
    if (size < limitBytes) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}

/**
 * Lets the heap grow by so much over what the last collection has left until the next one; V8 allows up to four times as much. After a burst of
 * work the difference stays with the process.
 */
export function limitHeapGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/** Prefers memory to speed in this process: garbage is collected sooner and less code is inlined. To be called before much is loaded. */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}
