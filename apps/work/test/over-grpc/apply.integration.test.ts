import { overGrpc } from '../driver.ts';

overGrpc();
await import('../apply.integration.test.ts');
