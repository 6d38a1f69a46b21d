/**
 * Runs all parts until the signal fires or one of them fails; then the signal of the others fires, too.
 *
 * @throws the first failure, when all have ended
 */
export async function runTogether(
  outer: AbortSignal,
  parts: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failing = new AbortController();
  const signal = AbortSignal.any([outer, failing.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    parts.map(async (part) => {
      try {
        await part(signal);
      } catch (error) {
        // What the others say once they are told to stop is noise.
        if (!failing.signal.aborted) failures.push(error);
        failing.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
