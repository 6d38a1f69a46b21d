import { describe, expect, test } from '@jest/globals';
import { chooseHubDriver } from './choose-driver.ts';

const settings = { workDriver: 'kube', workDriverConfig: undefined, cloudEventsClientId: undefined };

describe('the driver of works that flags choose', () => {
  test('is the API of the hub, or another one', () => {
    expect(chooseHubDriver(settings)).toEqual({ kind: 'kube', kubeconfig: undefined });
    expect(chooseHubDriver({ ...settings, workDriverConfig: '/k' })).toEqual({ kind: 'kube', kubeconfig: '/k' });
  });

  test.each(['grpc', 'mqtt'])('is %s, with a client id and a configuration', (workDriver) => {
    const wanted = { ...settings, workDriver, workDriverConfig: '/c', cloudEventsClientId: 'hub' };
    expect(chooseHubDriver(wanted)).toEqual({ kind: workDriver, configFile: '/c', clientId: 'hub' });
    expect(() => chooseHubDriver({ ...wanted, cloudEventsClientId: undefined })).toThrow('client id is required');
    expect(() => chooseHubDriver({ ...wanted, workDriverConfig: undefined })).toThrow(
      '--work-driver-config is required',
    );
  });

  test('pubsub is refused by the name of what is to be implemented', () => {
    const pubsub = { ...settings, workDriver: 'pubsub', cloudEventsClientId: 'hub', workDriverConfig: '/c' };
    expect(() => chooseHubDriver(pubsub)).toThrow('implement EventTransport of @ocm/cloudevents');
  });
});
