/** The directory with the CRDs as YAML, one file each, named `<group>_<plural>.yaml`; the URL ends with a slash. */
export function crdDirectory(): URL {
  return new URL('../crds/', import.meta.url);
}
