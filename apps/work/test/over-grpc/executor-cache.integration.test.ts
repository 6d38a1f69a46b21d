import { overGrpc } from '../driver.ts';

overGrpc();
await import('../executor-cache.integration.test.ts');
