import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const PACKAGE = new URL('../', import.meta.url);
const PAGE = new URL('../../../docs/features.md', import.meta.url);

/** Lines of the table of placement. */
async function rows(): Promise<readonly string[]> {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split('\n## Placement\n');
  const [own = ''] = section.split('\n## ');
  return own.split('\n').filter((line) => /^\| (P\d+|beyond) +\|/.test(line));
}

test('the page of features has a row for each capability of placement', async () => {
  const ids = (await rows()).map((row) => row.split('|')[1]?.trim());
  expect(ids).toEqual([...Array.from({ length: 17 }, (_, index) => `P${index + 1}`), 'beyond']);
});

test('the tests that it names exist', async () => {
  for (const row of await rows()) {
    const files = [...row.matchAll(/`((?:src|test)\/[^`]+\.test\.ts)`(?: “([^”]+)”)?/g)];
    const scenarios = [...row.matchAll(/`(test\/[^`]+\.test\.ts)` \(([^)]+)\)/g)];
    expect(files.length).toBeGreaterThan(0);
    for (const [, file = '', title = ''] of files) {
      expect(await readFile(new URL(file, PACKAGE), 'utf8')).toContain(title);
    }
    for (const [, file = '', list = ''] of scenarios) await checkScenarios(file, list);
  }
});

/** `44, 47-50; “a title”`: each scenario, and a test of that title, is in the file. */
async function checkScenarios(file: string, list: string): Promise<void> {
  const text = await readFile(new URL(file, PACKAGE), 'utf8');
  const proven = new Set([...text.matchAll(/\[placement ([\d, ]+)\]/g)].flatMap(([, ids = '']) => ids.split(', ')));
  const [ids = '', ...titles] = list.replaceAll(/: [\d.]+/g, '').split('; ');
  const claimed = ids.split(', ').flatMap((range) => {
    const [from = '', to = from] = range.split('-');
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => String(Number(from) + index));
  });
  expect({ file, missing: claimed.filter((id) => !proven.has(id)) }).toEqual({ file, missing: [] });
  for (const title of titles) expect(text).toContain(title.slice(1, -1));
}
