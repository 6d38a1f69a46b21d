// Loaded before the tests of `npm run test:long`: how many cases a property test tries that does not say so itself.
import { configureGlobal } from 'fast-check';

configureGlobal({ numRuns: Number(process.env.OCM_PROPERTY_RUNS) });
