import { request } from 'node:https';
import type { RawTarget } from '../raw-client.ts';

/** When the API server told of the changes of works, by the namespace of the work; epoch milliseconds. */
export interface WatchTimes extends Disposable {
  readonly seen: ReadonlyMap<string, number>;
}

interface Line {
  readonly object: { readonly metadata: { readonly namespace: string } };
}

/** Watches works from a resource version on, noting when one comes whose metadata have this text. */
export function watchTimes(
  { url, ca, cert, key }: RawTarget,
  { from, text }: { from: string; text: string },
): WatchTimes {
  const seen = new Map<string, number>();
  const path = `/apis/work.open-cluster-management.io/v1/manifestworks?watch=1&resourceVersion=${from}`;
  let rest = '';
  const call = request(new URL(path, url), { ca, cert, key, agent: false }, (answer) => {
    answer.setEncoding('utf8');
    answer.on('error', () => undefined);
    answer.on('data', (chunk: string) => {
      const now = performance.timeOrigin + performance.now();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.includes(text)) continue;
        const { namespace } = (JSON.parse(line) as Line).object.metadata;
        if (!seen.has(namespace)) seen.set(namespace, now);
      }
    });
  });
  call.on('error', () => undefined);
  call.end();
  return { seen, [Symbol.dispose]: () => void call.destroy() };
}
