import { overGrpc } from '../driver.ts';

overGrpc();
await import('../deletion.integration.test.ts');
