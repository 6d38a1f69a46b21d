import { writtenElements } from './written-elements.ts';

/**
 * What the manifests of a work count for its limit, in bytes (work 15.2). Each counts as in the wire format of the reference: its JSON as it
 * was received, a tag, and the length.
 *
 * @param text the AdmissionReview as it was received
 * @param path where the list of manifests is in the object under review
 * @param count how many manifests there are
 * @param limitBytes a smaller size need not be exact
 */
export function sizeOfManifests(
  text: string,
  {
    path,
    count,
    limitBytes,
  }: { readonly path: readonly string[]; readonly count: number; readonly limitBytes: number },
): number {
  // The review holds them all, so most works need no second look.
  const atMost = Buffer.byteLength(text) + count * LONGEST_FRAME_BYTES;
  if (atMost <= limitBytes) return atMost;
  return writtenElements(text, ['request', 'object', ...path])
    .map((manifest) => Buffer.byteLength(manifest))
    .reduce((total, bytes) => total + bytes + 1 + varintLength(bytes), 0);
}

/** A tag and the longest length that a number of 32 bits has. */
const LONGEST_FRAME_BYTES = 6;

/** Bytes of a number in groups of seven bits. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}
