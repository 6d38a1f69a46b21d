import { overGrpc } from '../driver.ts';

overGrpc();
await import('../feedback.integration.test.ts');
