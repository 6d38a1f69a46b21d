import { parentPort } from 'node:worker_threads';
import { loadJq } from 'jq-wasm/inline';

/** One evaluation; `input` is JSON. */
export interface JqTask {
  readonly input: string;
  readonly program: string;
}

/** What the thread says: once that it is ready, then one answer for each task. */
export type JqReport =
  | { readonly kind: 'ready' }
  /** The results, each on a line of its own. */
  | { readonly kind: 'results'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string };

// Objects have at most some megabytes; without a limit an expression could ask for all that WebAssembly can have, 2 GB.
const MEMORY_BYTES = 128 * 1024 * 1024;
const PAGE_BYTES = 65_536;

// Not in the types of Node.
interface GrowingMemory {
  readonly buffer: ArrayBuffer;
  grow: (this: GrowingMemory, pages: number) => number;
}
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: GrowingMemory } } }).WebAssembly;
const { prototype } = Memory;
const grow: (this: GrowingMemory, pages: number) => number = prototype.grow;
prototype.grow = function growBelowLimit(this: GrowingMemory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE_BYTES > MEMORY_BYTES) throw new RangeError('out of memory');
  return grow.call(this, pages);
};

const jq = await loadJq();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
const report = (message: JqReport): void => parentPort?.postMessage(message);
parentPort?.on('message', (task: JqTask) => report(evaluate(task)));
report({ kind: 'ready' });

function evaluate({ input, program }: JqTask): JqReport {
  try {
    const { stdout, stderr, exitCode } = jq.raw(input, program, ['--compact-output', '--monochrome-output']);
    return exitCode === 0 ? { kind: 'results', text: stdout } : { kind: 'failed', message: reasonOf(stderr) };
  } catch (error) {
    return { kind: 'failed', message: `it needs too much memory, or cannot be evaluated: ${String(error)}` };
  }
}

/** The first line, without what jq says about its place in a file that does not exist. */
function reasonOf(stderr: string): string {
  const [line = ''] = stderr.split('\n');
  return line.replace(/^jq: (?:error(?: \(at [^)]*\))?: )?/, '').replace(/ at <top-level>,? ?.*$/, '');
}
