import { overGrpc } from '../driver.ts';

overGrpc();
await import('../faults.integration.test.ts');
