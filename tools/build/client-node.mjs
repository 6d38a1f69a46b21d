// What a program loads when a kubeconfig names an auth provider, and nothing more of the package.
export { KubeConfig } from '@kubernetes/client-node';
