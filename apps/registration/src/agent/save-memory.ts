import { setFlagsFromString } from 'node:v8';

/**
 * Prefers memory to speed in this process: an agent does little, next to workloads that need the room. The young generation stays as small
 * as it begins, and less code is inlined. Measured on the idle bundle: 8 MB less. To be called before much is loaded.
 */
export function saveMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
}
