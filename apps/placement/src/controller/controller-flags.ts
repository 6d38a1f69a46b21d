import { commonFlags, type FlagConfig } from '@ocm/service';

/** Flags of `placement controller` (placement 17.1): no more than every controller has, and no feature gates. */
export const controllerFlags = commonFlags;

export type ControllerConfig = FlagConfig<typeof controllerFlags>;
