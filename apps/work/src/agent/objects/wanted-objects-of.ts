import type { ManifestWork } from '@ocm/api';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import { idOf } from '../manifest/resource-id.ts';
import { hasRules } from '../status/findings.ts';
import type { WantedObject } from './wanted-objects.ts';

/** The objects of a work, as far as its status knows which they are. */
export function wantedObjectsOf({ spec, status }: ManifestWork): readonly WantedObject[] {
  const configs = spec?.manifestConfigs;
  return (status?.resourceStatus?.manifests ?? []).flatMap(({ resourceMeta: meta }) => {
    const { resource = '', version = '', name = '' } = meta;
    if (resource === '' || version === '' || name === '') return [];
    const isReported = configs !== undefined && hasRules(matchManifestConfig(configs, idOf(meta)));
    return [{ ...idOf(meta), resource, version, name, isReported }];
  });
}
