// What a program loads when a kubeconfig names an exec plug-in or an auth provider, and nothing more of the package.
export { KubeConfig } from '@kubernetes/client-node';
