import { expect, test } from '@jest/globals';
import { flagsMarkdown } from './describe-flag.ts';
import { featureGatesFlag } from './flag.ts';

test('the documentation table has one row per visible flag, in order', () => {
  const markdown = flagsMarkdown({
    listen: { name: 'listen', type: 'string', default: ':8443', help: 'address a|b' },
    urls: { name: 'urls', type: 'list', default: [], help: 'urls' },
    labels: { name: 'labels', type: 'map', default: { a: 'b', c: 'd' }, help: 'labels' },
    version: { name: 'tls', type: 'string', allowed: ['12', '13'], deprecatedAlias: 'ssl', help: 'version' },
    verbosity: { name: 'v', type: 'integer', default: 0, help: 'verbosity', deprecated: 'be quiet' },
    secret: { name: 'secret', type: 'string', hidden: true, help: 'nobody sees it' },
    gates: featureGatesFlag({ New: { default: false, stage: 'alpha' } }),
  });
  expect(markdown).toBe(`| Flag | Default | Meaning |
| --- | --- | --- |
| \`--listen\` | \`:8443\` | address a\\|b |
| \`--urls\` |  | urls; repeatable |
| \`--labels\` | \`a=b,c=d\` | labels |
| \`--tls\` |  | version; one of \`12\`, \`13\`; formerly \`--ssl\` |
| \`-v\` | \`0\` | verbosity; deprecated: be quiet |
| \`--feature-gates\` |  | features to switch on or off, as Name=true or Name=false; known: New=false (alpha) |
`);
});
