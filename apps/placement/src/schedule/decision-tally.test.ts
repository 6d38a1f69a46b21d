import { aPlacementDecision } from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { countDecisions } from './decision-counts.ts';
import { DecisionTally } from './decision-tally.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const slice = fc
  .record({ placement: fc.constantFrom('p', 'q'), clusters: fc.array(fc.constantFrom(...NAMES), { maxLength: 5 }) })
  .map((over) => aPlacementDecision(over));

test('after any additions and removals a tally counts as a full count does', () => {
  fc.assert(
    fc.property(fc.array(slice), fc.array(slice), (staying, leaving) => {
      const tally = new DecisionTally();
      for (const each of [...leaving, ...staying]) tally.add(each);
      for (const each of leaving.toReversed()) tally.remove(each);
      for (const name of ['p', 'q', 'nobody']) {
        const placement = { namespace: 'default', name };
        const own = staying.filter(({ metadata }) => metadata.name === `${name}-decision-1`);
        const [counted, tallied] = [countDecisions(staying, placement), tally.without(own)];
        const seen = ({ of, largest }: typeof counted): unknown => [largest, NAMES.map(of)];
        expect(seen(tallied)).toEqual(seen(counted));
      }
    }),
    { numRuns: 500 },
  );
});
