import { UNKNOWN } from '../objects/observation.ts';
import type { Strategy } from './strategy.ts';

/** The strategy `ReadOnly` (work 8.5): nothing is written, and it is applied even when the object does not exist or cannot be read. */
export const applyReadOnly: Strategy = async ({ manifest }, { reader }, signal) => {
  try {
    return { kind: 'applied', observation: await reader.read(manifest.resource, manifest.id, { signal }) };
  } catch {
    signal.throwIfAborted();
    return { kind: 'applied', observation: UNKNOWN }; // whoever needs to know reads again, and reports
  }
};
