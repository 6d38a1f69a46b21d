import { expect, test } from '@jest/globals';
import { anchorsOf, brokenLinks, linksOf } from '../links.mjs';

test('links and images count, those in code do not', () => {
  const page = [
    'See [one](a.md) and [`two`](b.md#x "title"), ![picture](<c.png>).',
    'Not `[three](d.md)`.',
    '```md',
    '[four](e.md)',
    '```',
    '[five](f.md)',
  ].join('\n');
  expect(linksOf(page)).toEqual([
    { line: 1, target: 'a.md' },
    { line: 1, target: 'b.md#x' },
    { line: 1, target: 'c.png' },
    { line: 6, target: 'f.md' },
  ]);
});

test('headings get the anchors of GitHub', () => {
  const page = [
    '# A `work agent`, and more',
    '## Ends',
    '## Ends',
    '```sh',
    '# no heading',
    '```',
    '### [x](y.md) ü_1 - z',
  ];
  expect([...anchorsOf(page.join('\n'))]).toEqual(['a-work-agent-and-more', 'ends', 'ends-1', 'x-ü_1---z']);
});

test.each([
  ['a page that is there', '[x](../README.md)', []],
  ['a heading that is there', '[x](../README.md#run)', []],
  ['a heading of the page itself', '# Here\n[x](#here)', []],
  ['a folder', '[x](decisions)', []],
  ['another site', '[x](https://example.com/no#y)', []],
  ['no such file', '[x](nope.md)', ['docs/a.md:1: nope.md: there is no docs/nope.md']],
  ['no such heading', '[x](../README.md#walk)', ['docs/a.md:1: ../README.md#walk: README.md has no heading "walk"']],
  ['a path out of the repository', '\n[x](../../b.md)', ['docs/a.md:2: ../../b.md: there is no ../b.md']],
])('%s', (_what, text, want) => {
  const pages = new Map([
    ['README.md', '# Run'],
    ['docs/a.md', text],
  ]);
  const files = new Set([...pages.keys(), 'docs/decisions']);
  expect(brokenLinks(pages, (path: string) => files.has(path))).toEqual(want);
});
