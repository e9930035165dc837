import type { Fault } from '../lists/price-list.ts';

/** A value as it is kept, or the first rule that what was given breaks. */
export type Accepted<Value> = { readonly value: Value } | { readonly fault: Fault };

/** A broken rule, with the field below `input` that is at fault. */
export const broken = (code: string, message: string, ...path: string[]): { fault: Fault } => ({
  fault: { code, message, path: ['input', ...path] },
});
