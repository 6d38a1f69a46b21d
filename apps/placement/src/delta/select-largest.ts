/**
 * The value that is at least reached by the `count` largest of the values: with all values above it, and some of those equal to it, there are `count`.
 *
 * @param count from 1 to the number of values
 */
export function nthLargest(values: Float64Array, count: number): number {
  // A heap of the largest so far with the least of them on top.
  const heap = values.slice(0, count);
  for (let index = (count >>> 1) - 1; index >= 0; index -= 1) sink(heap, index);
  for (let index = count; index < values.length; index += 1) {
    const value = values[index] ?? NaN;
    if (value <= (heap[0] ?? NaN)) continue;
    heap[0] = value;
    sink(heap, 0);
  }
  return heap[0] ?? NaN;
}

function sink(heap: Float64Array, from: number): void {
  const value = heap[from] ?? NaN;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] ?? NaN) < (heap[child] ?? NaN)) child += 1;
    const least = heap[child] ?? NaN;
    if (least >= value) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = value;
}
