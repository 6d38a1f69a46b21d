import { overGrpc } from '../driver.ts';

overGrpc();
await import('../executor.integration.test.ts');
