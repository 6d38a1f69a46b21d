import { asError } from '@ocm/kube';

/** Requests of one pass that may be under way at once: half of what the client allows for everybody. */
const WIDTH = 32;

/** Does something with each item, a bounded number at once. Failures do not stop the others; they are returned with their items. */
export async function atOnce<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<readonly { readonly item: Item; readonly error: Error }[]> {
  const failures: { readonly item: Item; readonly error: Error }[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await act(item);
      } catch (error) {
        failures.push({ item, error: asError(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return failures;
}
