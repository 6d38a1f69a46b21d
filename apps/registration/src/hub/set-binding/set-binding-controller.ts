import { isDeleting, setCondition } from '@ocm/api';
import { type Controller, defineController, done, keyOf, refOf } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { judgeBinding } from './judge-binding.ts';

type BindingContext = Pick<HubContext, 'clusterSets' | 'setBindings' | 'clock'>;

/** Says in the status of each binding whether its set exists. */
export function setBindingController({ clusterSets, setBindings, clock }: BindingContext): Controller {
  return defineController({
    name: 'managed-clusterset-binding-controller',
    watches: [
      setBindings.cache.events(({ object }) => keyOf(object)),
      clusterSets.cache.events(({ type, object }) =>
        type === 'updated' ? undefined : setBindings.cache.by('clusterSet', object.metadata.name).map(keyOf),
      ),
    ],
    async reconcile(key, signal) {
      const binding = setBindings.cache.get(refOf(key));
      if (binding === undefined || isDeleting(binding)) return done();
      const setExists = clusterSets.cache.get(binding.spec?.clusterSet ?? '') !== undefined;
      const conditions = setCondition(binding.status?.conditions, judgeBinding(setExists), clock.now());
      await setBindings.live.patchStatus(binding, { ...binding.status, conditions }, { signal });
      return done();
    },
  });
}
