import { writeFile } from 'node:fs/promises';
import { FLAGS_PAGE, flagsPage, MANAGER_FLAGS_PAGE, managerFlagsPage } from './flags-page.ts';

await writeFile(FLAGS_PAGE, flagsPage());
await writeFile(MANAGER_FLAGS_PAGE, managerFlagsPage());
