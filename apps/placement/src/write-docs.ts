import { writeFile } from 'node:fs/promises';
import { FLAGS_PAGE, flagsPage } from './flags-page.ts';

await writeFile(FLAGS_PAGE, flagsPage());
