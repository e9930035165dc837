import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { countSynonyms, lockSynonyms, removeSynonymRow, writeSynonyms } from '../../data/search/synonyms.ts';
import { acceptSynonyms, MAX_SYNONYM_SETS, type SynonymInput } from '../../domain/search/synonym-rules.ts';

const gone = () => notFound('There is no set of synonyms with this id.', ['input', 'synonymSetId']);

interface SetSynonymsInput extends SynonymInput {
  /** Null makes one. */
  readonly synonymSetId?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/** Makes a set of words that mean the same, or changes one. Searches follow at once. */
export async function setSynonyms(db: Database, { synonymSetId, expectedVersion, ...input }: SetSynonymsInput) {
  const accepted = acceptSynonyms(input);
  if ('broken' in accepted) return invalidInput('SYNONYMS_INVALID', accepted.broken, ['input', accepted.at]);
  const saved = (id: string, version: number) => ({
    __typename: 'SearchSynonymsSaved' as const,
    synonyms: { synonymSetId: id, locale: accepted.language, words: accepted.words, version },
  });
  if (synonymSetId != null && !isId(synonymSetId)) return gone();
  return inTransaction(db, async (tx) => {
    if (synonymSetId == null) {
      if ((await countSynonyms(tx)) >= MAX_SYNONYM_SETS)
        return invalidInput('TOO_MANY_SYNONYMS', `There are at most ${MAX_SYNONYM_SETS} sets of synonyms.`, ['input']);
      const id = newId();
      await writeSynonyms(tx, id, accepted, 1);
      return saved(id, 1);
    }
    const version = await lockSynonyms(tx, synonymSetId);
    if (version === null) return gone();
    if (expectedVersion != null && expectedVersion !== version) return versionConflict('The set of synonyms', version);
    await writeSynonyms(tx, synonymSetId, accepted, version + 1);
    return saved(synonymSetId, version + 1);
  });
}

/** Removes a set of synonyms. */
export async function removeSynonyms(
  db: Database,
  {
    synonymSetId,
    expectedVersion,
  }: { readonly synonymSetId: string; readonly expectedVersion?: number | null | undefined },
) {
  if (!isId(synonymSetId)) return gone();
  return inTransaction(db, async (tx) => {
    const version = await lockSynonyms(tx, synonymSetId);
    if (version === null) return gone();
    if (expectedVersion != null && expectedVersion !== version) return versionConflict('The set of synonyms', version);
    await removeSynonymRow(tx, synonymSetId);
    return { __typename: 'SearchSynonymsRemoved' as const, synonymSetId };
  });
}
