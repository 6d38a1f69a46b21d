export { BROKER_VARIABLE, type Environment, locateMqttBroker } from './locate.ts';
export { MqttBrokerError, provideMqttBroker, type ProvideOptions } from './provide.ts';
