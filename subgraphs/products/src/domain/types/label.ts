import { textInChain } from '../locale-chain.ts';
import type { TextByLocale } from './attribute-definition.ts';

/** A label in the first language of a chain that it is in, else in any, else the code. */
export const labelIn = (labels: TextByLocale, chain: readonly string[], code: string): string =>
  textInChain(labels, chain) ?? Object.values(labels)[0] ?? code;
