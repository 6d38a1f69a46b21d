import type { Readable } from 'node:stream';

/**
 * What comes of a body until it ends, breaks or is destroyed; which of them it was is for the response's `outcome` to say. Never throws.
 *
 * Node's own iterator cannot be used: an HTTP/2 stream may be closed between its last byte and its `end`, which that reports as an error.
 */
export async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  let over = body.destroyed;
  let wake: (() => void) | undefined;
  const onReadable = (): void => wake?.();
  const onOver = (): void => {
    over = true;
    wake?.();
  };
  body.on('readable', onReadable).on('end', onOver).on('error', onOver).on('close', onOver);
  try {
    for (;;) {
      const chunk = body.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    body.off('readable', onReadable).off('end', onOver).off('close', onOver);
    body.destroy();
  }
}
