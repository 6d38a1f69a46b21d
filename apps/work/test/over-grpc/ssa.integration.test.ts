import { overGrpc } from '../driver.ts';

overGrpc();
await import('../ssa.integration.test.ts');
