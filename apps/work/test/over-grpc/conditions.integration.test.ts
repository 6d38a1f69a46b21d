import { overGrpc } from '../driver.ts';

overGrpc();
await import('../conditions.integration.test.ts');
