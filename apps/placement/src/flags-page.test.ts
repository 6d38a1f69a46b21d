import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { FLAGS_PAGE, flagsPage } from './flags-page.ts';

test('the documentation of the flags is the one that the tables give; "npm run docs" writes it', async () => {
  expect(await readFile(FLAGS_PAGE, 'utf8')).toBe(flagsPage());
});
