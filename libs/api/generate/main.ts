// Writes src/generated from crds: npm run generate
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

const target = new URL('../src/generated/', import.meta.url);
const files = generatedFiles(new URL('../crds/', import.meta.url));
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, text] of files) writeFileSync(new URL(name, target), text);
