import { expect, test } from '@jest/globals';
import { goBucketBounds } from './bucket-bounds.ts';

test.each([
  ['0.00001', '1e-05'],
  ['0.000009999999999999999', '9.999999999999999e-06'],
  ['1e-8', '1e-08'],
  ['0.0001', '0.0001'],
  ['0', '0'],
  ['2.5', '2.5'],
  ['-0.00005', '-5e-05'],
  ['1000', '1000'],
  ['999999', '999999'],
  ['1234567', '1.234567e+06'],
  ['1e+100', '1e+100'],
  ['+Inf', '+Inf'],
])('the bound %s is printed as %s', (bound, printed) => {
  expect(goBucketBounds(`a_bucket{le="${bound}",name="x"} 1`)).toBe(`a_bucket{le="${printed}",name="x"} 1`);
  expect(goBucketBounds(`a_bucket{name="x",le="${bound}"} 1`)).toBe(`a_bucket{name="x",le="${printed}"} 1`);
});

test('nothing else is touched', () => {
  const text = '# HELP a le="0.00001"\na{role="0.00001"} 0.00001\n';
  expect(goBucketBounds(text)).toBe(text);
});
