import { describe, expect, test } from '@jest/globals';
import { decodeEvent, encodeEvent, integerAttribute, stringAttribute } from '@ocm/cloudevents';
import { framed, messageSplitter, publication, readEvent, subscription } from './event-bytes.ts';

const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

describe('bytes of the driver', () => {
  test("an agent's subscription is the vector of the specification", () => {
    expect(subscription('cluster1', BUNDLES).subarray(5).toString('hex')).toBe(
      '1208636c7573746572311a39696f2e6f70656e2d636c75737465722d6d616e6167656d656e742e776f726b732e7631616c706861312e6d616e696665737462756e646c6573',
    );
  });

  test('what the product reads of a publication is what was meant', () => {
    const bytes = publication({
      type: `${BUNDLES}.spec.resync_request`,
      source: 'cluster1-work-agent',
      attributes: { clustername: 'cluster1', originalsource: '', resourceversion: 7 },
      payload: { resourceVersions: [] },
    });
    // The event is field 1 of the request; its length takes two bytes here.
    const event = decodeEvent(bytes.subarray(5 + 3));
    expect(event).toMatchObject({ source: 'cluster1-work-agent', type: `${BUNDLES}.spec.resync_request` });
    expect(event.extensions.get('clustername')).toEqual(stringAttribute('cluster1'));
    expect(event.extensions.get('resourceversion')).toEqual(integerAttribute('resourceversion', 7));
  });

  test('what the product writes is read', () => {
    const bytes = encodeEvent({
      id: '1',
      source: 'kube',
      type: `${BUNDLES}.spec.create_request`,
      extensions: new Map([
        ['clustername', stringAttribute('cluster1')],
        ['resourceversion', integerAttribute('resourceversion', 7)],
      ]),
      data: Buffer.from('{}'),
    });
    const seen = readEvent(Buffer.from(bytes));
    expect(seen).toMatchObject({ kind: 'resource', payload: Buffer.from('{}') });
    if (seen.kind !== 'resource') throw new Error('it is a heartbeat');
    expect(Object.fromEntries(seen.attributes)).toMatchObject({
      'ce-clustername': 'cluster1',
      'ce-resourceversion': 7,
    });
  });

  test('messages are found wherever the chunks end', () => {
    const bytes = Buffer.concat([framed(Buffer.from('one')), framed(Buffer.from('')), framed(Buffer.from('three'))]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const seen: string[] = [];
      const split = messageSplitter((message) => seen.push(message.toString()));
      split(bytes.subarray(0, cut));
      split(bytes.subarray(cut));
      expect(seen).toEqual(['one', '', 'three']);
    }
  });
});
