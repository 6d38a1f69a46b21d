import { expect, test } from '@jest/globals';
import { allMetrics } from './all-metrics.ts';

const source = (text: string) => ({ contentType: 'text/plain', metrics: () => Promise.resolve(text) });

test('the text of several sources is one text', async () => {
  const all = allMetrics(source('a 1'), source('b 2'));
  expect([all.contentType, await all.metrics()]).toEqual(['text/plain', 'a 1\nb 2']);
});
