import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import {
  countTaxonomies,
  lockTaxonomies,
  lockTaxonomy,
  writeTaxonomy,
  type TaxonomyRow,
} from '../../data/taxonomies/taxonomies.ts';
import { acceptTaxonomyName, isTaxonomyCode, MAX_TAXONOMIES } from '../../domain/taxonomies/mapping-rules.ts';

export type TaxonomyOutcome =
  { readonly __typename: 'TaxonomySaved'; readonly taxonomy: TaxonomyRow } | ReturnType<typeof invalidInput>;

/** Makes a taxonomy, or gives it another name. What is mapped into it stays. */
export async function setTaxonomy(
  db: Database,
  input: { readonly code: string; readonly name: string },
): Promise<TaxonomyOutcome> {
  const { code } = input;
  if (!isTaxonomyCode(code))
    return invalidInput('INVALID_CODE', 'A code is 2 to 32 lower-case letters, digits and hyphens.', ['input', 'code']);
  const name = acceptTaxonomyName(input.name);
  if (name === null)
    return invalidInput('INVALID_NAME', "A taxonomy's name has 1 to 100 characters.", ['input', 'name']);
  return inTransaction(db, async (tx): Promise<TaxonomyOutcome> => {
    await lockTaxonomies(tx);
    const before = await lockTaxonomy(tx, code);
    if (before?.name === name) return { __typename: 'TaxonomySaved', taxonomy: before };
    if (before === null && (await countTaxonomies(tx)) >= MAX_TAXONOMIES)
      return invalidInput('TOO_MANY', `There are ${MAX_TAXONOMIES} taxonomies, which is all there can be.`, [
        'input',
        'code',
      ]);
    const taxonomy = { code, name, revision: before?.revision ?? 0 };
    await writeTaxonomy(tx, taxonomy);
    return { __typename: 'TaxonomySaved', taxonomy };
  });
}
