import { badInput } from '@kontor/kit/src/errors.ts';
import type { TaxonomyRow } from '../../data/taxonomies/taxonomies.ts';

/** The revision that a field's argument means: the newest by default. @throws GraphQLError BAD_USER_INPUT for one that never was */
export function revisionOf({ code, revision }: TaxonomyRow, wanted: number | null | undefined): number {
  if (wanted == null) return revision;
  if (wanted < 0 || wanted > revision)
    throw badInput(`The mapping into ${code} has the revisions 0 to ${revision}, and no ${wanted}.`, ['revision']);
  return wanted;
}
