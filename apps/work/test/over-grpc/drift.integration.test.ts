import { overGrpc } from '../driver.ts';

overGrpc();
await import('../drift.integration.test.ts');
