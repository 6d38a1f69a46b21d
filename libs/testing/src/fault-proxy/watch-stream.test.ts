import { expect, test } from '@jest/globals';
import { WatchStream, type WatchStreamOptions } from './watch-stream.ts';

const event = (version: number): string =>
  `${JSON.stringify({ type: 'MODIFIED', object: { metadata: { name: 'ü', resourceVersion: `${version}` } } })}\n`;

function collect(options: Partial<WatchStreamOptions> = {}) {
  const stream = new WatchStream({ newestVisible: () => undefined, ...options });
  const seen: { text: string; ended: boolean } = { text: '', ended: false };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => (seen.text += text));
  stream.on('end', () => (seen.ended = true));
  return { stream, seen };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('passes events on whole, wherever the network has cut them', async () => {
  const { stream, seen } = collect();
  for (const byte of Buffer.from(event(1) + event(2))) stream.write(Buffer.from([byte]));
  stream.end();
  await settled();
  expect(seen).toEqual({ text: event(1) + event(2), ended: true });
});

test('holds back what is newer than the frozen view, in order, until it is released', async () => {
  let newest: bigint | undefined = 2n;
  const { stream, seen } = collect({ newestVisible: () => newest });
  stream.end(event(1) + event(3) + event(2));
  await settled();
  expect(seen).toEqual({ text: event(1), ended: false });
  newest = undefined;
  stream.release();
  await settled();
  expect(seen).toEqual({ text: event(1) + event(3) + event(2), ended: true });
});

test('ends after so many events', async () => {
  const { stream, seen } = collect({ fault: { how: 'end', afterEvents: 2 } });
  stream.write(event(1) + event(2) + event(3));
  await settled();
  expect(seen).toEqual({ text: event(1) + event(2), ended: true });
});

test('a silenced watch neither delivers nor ends', async () => {
  const { stream, seen } = collect();
  stream.spoil('silence');
  stream.end(event(1));
  await settled();
  expect(seen).toEqual({ text: '', ended: false });
});

test('a watch that is gone says so in an ERROR event and ends', async () => {
  const { stream, seen } = collect();
  stream.spoil('gone');
  await settled();
  expect(JSON.parse(seen.text)).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired' },
  });
  expect(seen.ended).toBe(true);
});
