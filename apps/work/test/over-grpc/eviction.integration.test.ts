import { overGrpc } from '../driver.ts';

overGrpc();
await import('../eviction.integration.test.ts');
