import { describe, expect, test } from '@jest/globals';
import { chooseDriver } from './open-work-driver.ts';

const settings = {
  clusterName: 'cluster1',
  sourceDriver: 'kube',
  sourceConfig: '/spoke/hub-kubeconfig/kubeconfig',
  cloudEventsClientId: undefined,
};
const configFile = settings.sourceConfig;

describe('the driver that flags choose', () => {
  test('is the API of the hub, and needs no client id', () => {
    expect(chooseDriver(settings)).toEqual({ kind: 'kube', clusterName: 'cluster1', configFile });
  });

  test.each(['grpc', 'mqtt'])('is %s with a client id', (sourceDriver) => {
    expect(chooseDriver({ ...settings, sourceDriver, cloudEventsClientId: 'c' })).toEqual({
      kind: sourceDriver,
      clusterName: 'cluster1',
      configFile,
      clientId: 'c',
    });
  });

  test.each(['grpc', 'mqtt', 'pubsub'])('%s is refused without a client id', (sourceDriver) => {
    expect(() => chooseDriver({ ...settings, sourceDriver })).toThrow('client id is required');
  });

  test('pubsub is refused by the name of what is to be implemented', () => {
    const pubsub = { ...settings, sourceDriver: 'pubsub', cloudEventsClientId: 'c' };
    expect(() => chooseDriver(pubsub)).toThrow('implement EventTransport of @ocm/cloudevents');
  });

  test('without a cluster there is none', () => {
    expect(() => chooseDriver({ ...settings, clusterName: undefined })).toThrow('--spoke-cluster-name is required');
  });
});
