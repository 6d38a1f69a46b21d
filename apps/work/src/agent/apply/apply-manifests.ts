import { inParallel } from '../in-parallel.ts';
import { applyBatches } from '../manifest/rank.ts';
import type { Manifest } from '../manifest/resolve-manifest.ts';
import { UNKNOWN } from '../objects/observation.ts';
import { applyManifest, type ManifestOwner, type ManifestTools } from './apply-manifest.ts';
import type { ApplyOutcome, ManifestResult } from './manifest-result.ts';

const ATTEMPTS = 4;
const WAIT_GROWTH = 5;
const WAIT_JITTER = 0.1;
/** An API server that does not answer for longer than this is left to the back-off of the work. */
const LOST_FOR_MS = 5000;

export interface ApplyPass extends ManifestOwner {
  readonly manifests: readonly Manifest[];
}

export interface PassTools extends ManifestTools {
  readonly random: () => number;
  readonly intervals: { readonly conflictRetryMs: number };
}

/**
 * Applies the manifests of a work in order of rank (work 7.4 to 7.6); a failing one never stops the others. Neighbours of one kind go at
 * once. What met a conflict or got no answer is tried again after a moment. The results are in the order of the spec.
 */
export async function applyManifests(
  pass: ApplyPass,
  tools: PassTools,
  signal: AbortSignal,
): Promise<readonly ManifestResult[]> {
  const outcomes = new Map<Manifest, ApplyOutcome>();
  const nowMs = (): number => tools.clock.now().getTime();
  const lostUntilMs = nowMs() + LOST_FOR_MS;
  let left = pass.manifests;
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await tools.clock.sleep(waitMs(attempt, tools), signal);
    signal.throwIfAborted();
    for (const batch of applyBatches(left)) {
      await inParallel(batch, async (manifest) =>
        outcomes.set(manifest, await applyManifest(manifest, pass, { tools, signal })),
      );
    }
    const again = new Set(nowMs() < lostUntilMs ? ['conflict', 'lost'] : ['conflict']);
    left = left.filter((manifest) => again.has(outcomes.get(manifest)?.kind ?? ''));
  }
  return pass.manifests.map((manifest) => ({ manifest, outcome: outcomes.get(manifest) ?? neverTried() }));
}

function waitMs(attempt: number, { random, intervals }: PassTools): number {
  return intervals.conflictRetryMs * WAIT_GROWTH ** (attempt - 1) * (1 + WAIT_JITTER * random());
}

function neverTried(): ApplyOutcome {
  return { kind: 'failed', error: new Error('the manifest was not applied'), observation: UNKNOWN };
}
